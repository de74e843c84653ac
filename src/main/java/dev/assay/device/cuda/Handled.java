package dev.assay.device.cuda;

import dev.assay.device.Stream;

/** A stream that libraries reach by the driver's handle. */
interface Handled extends Stream {
    long handle();
}
