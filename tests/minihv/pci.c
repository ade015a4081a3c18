// SPDX-License-Identifier: GPL-2.0
/* Just enough PCI to find the memory of a device that the firmware has set up. */
#include "host.h"
#include "store.h"

#define CONFIG_ADDRESS	PCI_CONFIG_PORT
#define CONFIG_DATA	(PCI_CONFIG_PORT + 4)
#define CONFIG_ENABLE	0x80000000u

#define REG_ID		0x00
#define REG_COMMAND	0x04
#define REG_BAR0	0x10
#define COMMAND_MEMORY	0x2u
#define BAR_64BIT	0x4u
#define BAR_FLAGS	0xfu

static u32 config_read(u32 slot, u32 reg)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | slot << 11 | reg);
	return inl(CONFIG_DATA);
}

static void config_write(u32 slot, u32 reg, u32 v)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | slot << 11 | reg);
	outl(CONFIG_DATA, v);
}

/* All ones written to a BAR read back as the mask of its size. */
static u64 bar_size(u32 slot, u32 reg, bool wide)
{
	u32 low = config_read(slot, reg), high = 0, command;
	u64 mask;

	command = config_read(slot, REG_COMMAND);
	config_write(slot, REG_COMMAND, command & ~COMMAND_MEMORY);
	config_write(slot, reg, ~0u);
	mask = config_read(slot, reg) & ~BAR_FLAGS;
	config_write(slot, reg, low);
	if (wide) {
		high = config_read(slot, reg + 4);
		config_write(slot, reg + 4, ~0u);
		mask |= (u64)config_read(slot, reg + 4) << 32;
		config_write(slot, reg + 4, high);
	} else {
		mask |= 0xffffffffull << 32;
	}
	config_write(slot, REG_COMMAND, command);
	return ~mask + 1;
}

bool pci_find_bar(u16 vendor, u16 device, unsigned int index, unsigned int bar,
		  u64 *base, u64 *size)
{
	u32 slot, reg = REG_BAR0 + bar * 4, low;
	bool wide;

	for (slot = 0; slot < 32; slot++) {
		if (config_read(slot, REG_ID) != ((u32)device << 16 | vendor))
			continue;
		if (index--)
			continue;
		low = config_read(slot, reg);
		wide = low & BAR_64BIT;
		*base = low & ~BAR_FLAGS;
		if (wide)
			*base |= (u64)config_read(slot, reg + 4) << 32;
		*size = bar_size(slot, reg, wide);
		return *base && *size;
	}
	return false;
}
