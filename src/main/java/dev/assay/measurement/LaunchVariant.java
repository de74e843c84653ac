package dev.assay.measurement;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How NCCL may connect the ranks of a launch. NCCL reads its environment once a process, so each has launches of its own. Names
 * and values are those of NCCL 2.28's source: {@code graph/paths.cc}, {@code graph/search.cc}, {@code graph/tuning.cc},
 * {@code transport/shm.cc}, {@code transport/nvls.cc}.
 */
public enum LaunchVariant {
    /** As the cluster file says, nothing else. */
    DEFAULT(""),
    /**
     * Without PXN each GPU sends by its own NIC to that of the GPU it sends to, on another rail. {@code NCCL_CROSS_NIC=0} would
     * keep to the receiver's rail.
     */
    CROSS_RAIL("NCCL_PXN_DISABLE=1 NCCL_CROSS_NIC=1"),
    /** Neither NVLink nor host memory: every byte between two GPUs goes by a NIC. */
    NIC_ONLY("NCCL_P2P_DISABLE=1 NCCL_SHM_DISABLE=1 NCCL_NVLS_ENABLE=0 NCCL_NET_DISABLE_INTRA=0"),
    /** All-reduces by rings, whatever NCCL would choose. */
    RING("NCCL_ALGO=Ring");

    private final String words;

    LaunchVariant(String words) {
        this.words = words;
    }

    @JsonValue
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @JsonCreator
    static LaunchVariant of(String key) {
        return Arrays.stream(values())
                .filter(variant -> variant.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a launch's variant must be one of "
                        + Arrays.stream(values()).map(LaunchVariant::key).toList() + ", got \"" + key + "\""));
    }

    /** What its ranks' environment must hold; stronger than the cluster file's own variables. */
    public Map<String, String> environment() {
        return Arrays.stream(words.split(" ", -1))
                .filter(each -> !each.isEmpty())
                .map(each -> each.split("=", 2))
                .collect(Collectors.toMap(each -> each[0], each -> each[1], (one, other) -> other, TreeMap::new));
    }

    /** {@code NAME=VALUE NAME=VALUE}. */
    public String words() {
        return words;
    }

    /** The first variable that another environment lacks or has otherwise, in words. */
    public Optional<String> missing(Map<String, String> variables) {
        return environment().entrySet().stream()
                .filter(each -> !each.getValue().equals(variables.get(each.getKey())))
                .findFirst()
                .map(each -> each.getKey() + " must be " + each.getValue() + ", is "
                        + variables.getOrDefault(each.getKey(), "not set"));
    }

    /** Jackson leaves a property out that equals this: a launch of before there were variants reads and hashes as it did. */
    public static final class Unremarkable {
        @Override
        public boolean equals(Object other) {
            return other == null || other == DEFAULT;
        }

        @Override
        public int hashCode() {
            return 0;
        }
    }
}
