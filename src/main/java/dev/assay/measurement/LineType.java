package dev.assay.measurement;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a line of a result file holds: the value of its first key, {@code type}. */
enum LineType {
    HEADER,
    DEVICE,
    PHASE,
    MEASUREMENT,
    CHECK,
    DIGEST,
    TELEMETRY,
    UNAVAILABLE,
    FAILURE,
    END;

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<LineType> of(String key) {
        return Arrays.stream(values()).filter(type -> type.key().equals(key)).findFirst();
    }

    static String keys() {
        return Arrays.stream(values()).map(LineType::key).collect(Collectors.joining(", "));
    }
}
