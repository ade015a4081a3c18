/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a guest's VMBus driver binds to: a device with the VMBus hardware id,
 * below a module device that offers it memory-mapped address space.
 */
DefinitionBlock ("", "SSDT", 2, "HVSCSI", "VMBUS", 1)
{
	Scope (\_SB)
	{
		Device (VMOD)
		{
			Name (_HID, "ACPI0004")
			Name (_UID, 0)
			Name (_CRS, ResourceTemplate ()
			{
				QWordMemory (ResourceProducer, PosDecode,
					MinFixed, MaxFixed, Cacheable, ReadWrite,
					0, 0xF800000000, 0xF80FFFFFFF, 0,
					0x10000000)
			})

			Device (VMBS)
			{
				Name (_HID, "VMBUS")
				Name (_UID, 0)
				Name (_DDN, "VMBUS")
				Name (_STA, 0xF)
			}
		}
	}
}
