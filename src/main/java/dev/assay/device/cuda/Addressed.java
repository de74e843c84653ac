package dev.assay.device.cuda;

import dev.assay.device.DeviceMemory;

/** Memory that kernels reach by an address. */
interface Addressed extends DeviceMemory {
    long address();
}
