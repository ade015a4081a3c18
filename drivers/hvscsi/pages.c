// SPDX-License-Identifier: GPL-2.0
/*
 * The pages of a command's buffer, as the host has to be told of them.
 *
 * Owns the choice between the addresses that the segments have anyway and those
 * that the DMA API gives. Must not know packets beyond their list of pages.
 * Takes no lock: the choice is made once, before the SCSI host is added.
 *
 * The DMA API is needed where the host cannot reach every page, as in isolated
 * machines, or where the administrator wants everything bounced. Elsewhere it
 * would take a good part of what a command costs to hand back what we have.
 */
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <scsi/scsi_cmnd.h>
#include "hvscsi.h"

/* Whether this device sees this page where the CPU does, with nothing to sync. */
static bool hvscsi_page_is_direct(struct device *dev, struct page *page)
{
	dma_addr_t at = dma_map_page(dev, page, 0, PAGE_SIZE,
				     DMA_BIDIRECTIONAL);
	bool direct;

	if (dma_mapping_error(dev, at))
		return false;
	direct = at == page_to_phys(page) && !dma_need_sync(dev, at);
	dma_unmap_page(dev, at, PAGE_SIZE, DMA_BIDIRECTIONAL);
	return direct;
}

/**
 * hvscsi_choose_pages() - find out what the DMA API does for this controller
 * @hv: the controller.
 *
 * Bouncing everything and translating are properties of a device, so that one
 * page tells for all that the device can reach.
 *
 * Context: may sleep.
 */
void hvscsi_choose_pages(struct hvscsi *hv)
{
	struct device *dev = hvring_channel_device(hv->ch);
	struct page *page = alloc_page(GFP_KERNEL);

	/* A bounced buffer keeps its offset in the page. */
	dma_set_min_align_mask(dev, HVRING_PAGE_SIZE - 1);

	hv->direct = page && hvscsi_page_is_direct(dev, page) &&
		     dma_get_mask(dev) == DMA_BIT_MASK(64) &&
		     !dev->bus_dma_limit;
	if (page)
		__free_page(page);
}

static u64 hvscsi_segment_start(const struct hvscsi *hv, struct scatterlist *sg)
{
	return hv->direct ? sg_phys(sg) : sg_dma_address(sg);
}

static u32 hvscsi_segment_bytes(const struct hvscsi *hv, struct scatterlist *sg)
{
	return hv->direct ? sg->length : sg_dma_len(sg);
}

/**
 * hvscsi_fill_pages() - list the pages of a buffer
 * @hv: the controller.
 * @cmd: the command, mapped.
 * @segments: how many hvscsi_map_pages() said, at least one.
 * @slot: where to.
 *
 * The host takes one range: every page but the first begins at offset 0 and
 * every page but the last is full. The block layer keeps that promise (see the
 * virt_boundary_mask); a list that breaks it would make the host move the
 * wrong bytes, so it is not sent.
 *
 * Return: 0 or -EINVAL.
 */
int hvscsi_fill_pages(const struct hvscsi *hv, struct scsi_cmnd *cmd,
		      int segments, const struct hvring_slot *slot)
{
	struct scatterlist *sg = scsi_sglist(cmd);
	u64 *pfn = slot->pfn, *end = pfn + slot->pfn_count;
	u32 offset = slot->data_offset;

	for (;;) {
		u64 start = hvscsi_segment_start(hv, sg);
		u64 stop = start + hvscsi_segment_bytes(hv, sg);
		u64 page;

		if (start % HVRING_PAGE_SIZE != offset)
			return -EINVAL;
		for (page = start >> HVRING_PAGE_SHIFT;
		     page << HVRING_PAGE_SHIFT < stop; page++) {
			if (pfn == end)
				return -EINVAL;
			*pfn++ = page;
		}
		if (!--segments)
			return pfn == end ? 0 : -EINVAL;
		if (stop % HVRING_PAGE_SIZE)
			return -EINVAL;
		sg = sg_next(sg);
		offset = 0;
	}
}
