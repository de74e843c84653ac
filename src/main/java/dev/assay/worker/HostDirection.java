package dev.assay.worker;

import java.util.Locale;

/** Ways between host and device. */
enum HostDirection {
    H2D,
    D2H,
    BOTH;

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean in() {
        return this != D2H;
    }

    boolean out() {
        return this != H2D;
    }

    int ways() {
        return this == BOTH ? 2 : 1;
    }
}
