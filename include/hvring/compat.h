/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences on the bus side, told from the headers themselves and
 * never from a version number, which backports make meaningless.
 *
 * Where it is a type, the compiler is asked for the type of a call. For a member
 * or a function that is not always there Kbuild looks into the headers of each
 * build, so that nothing can go stale, and defines HVRING_HAS_*.
 */
#ifndef _HVRING_COMPAT_H
#define _HVRING_COMPAT_H

#include <linux/dma-mapping.h>
#include <linux/hyperv.h>

/* It returned int and returns nothing now; end a callback with HVRING_REMOVED. */
#define HVRING_REMOVE_TYPE typeof(((struct hv_driver *)NULL)->remove(NULL))
#define HVRING_REMOVED ((HVRING_REMOVE_TYPE)0)

/*
 * What buses do for their own packets, each since some time: give requests an
 * id, and copy what is received into a buffer of this size.
 */
static inline void hvring_compat_own_packets(struct vmbus_channel *bus,
					     u32 max_pkt_size)
{
#ifdef HVRING_HAS_REQUEST_CALLBACKS
	bus->next_request_id_callback = NULL;
	bus->request_addr_callback = NULL;
#endif
	bus->rqstor_size = 0;
#ifdef HVRING_HAS_MAX_PKT_SIZE
	bus->max_pkt_size = max_pkt_size;
#endif
}

/* The host's handle of the rings' memory, which was not in a struct. */
static inline u32 hvring_compat_gpadl(const struct vmbus_channel *bus)
{
#ifdef HVRING_HAS_GPADL_STRUCT
	return bus->ringbuffer_gpadlhandle.gpadl_handle;
#else
	return bus->ringbuffer_gpadlhandle;
#endif
}

/*
 * A device needs a mask, or nothing can be mapped for it, and parameters, or
 * nothing can be asked of bounced buffers. Older buses give it neither.
 */
static inline void hvring_compat_begin_dma(struct device *dev,
					   struct device_dma_parameters *own)
{
	if (!dev->dma_mask) {
		dev->dma_mask = &dev->coherent_dma_mask;
		dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
	}
	if (!dev->dma_parms)
		dev->dma_parms = own;
}

static inline void hvring_compat_end_dma(struct device *dev,
					 struct device_dma_parameters *own)
{
	if (dev->dma_parms == own)
		dev->dma_parms = NULL;
}

#endif /* _HVRING_COMPAT_H */
