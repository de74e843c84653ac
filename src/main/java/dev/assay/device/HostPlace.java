package dev.assay.device;

/**
 * Where host memory lies, seen from a device.
 *
 * @param name {@code near} or {@code far}: of the NUMA nodes that this process may use, the device's own, or the furthest
 * @param numa how that was found, for the reader: {@code only} where the host has one node
 */
public record HostPlace(String name, String numa) {
    public static final String NEAR = "near";
    public static final String FAR = "far";

    /** {@link #numa} of a host that has one node. */
    public static final String ONLY = "only";
}
