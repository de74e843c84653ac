package dev.assay.workload;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What moves bytes between two devices. */
public enum PeerMethod {
    /** A copy engine, as a memory copy of the driver. */
    CE,
    /** The multiprocessors, by loads and stores of 16 bytes. */
    SM;

    /** As conditions and criteria name it. */
    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
