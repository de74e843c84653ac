package dev.assay.trainer;

/** Of a layer's weights that were read for a second forward: they may have gone since, and arrive from the last one on. */
interface Arrival {
    /** Nothing went. */
    Arrival NOTHING = from -> {};

    /** The compute stream waits for the weights from this byte of the module on; before it reads them. */
    void from(long offset);
}
