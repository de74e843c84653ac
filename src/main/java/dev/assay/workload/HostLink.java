package dev.assay.workload;

/**
 * The link between every GPU and its host: pinned copies in, out, and both at once.
 *
 * @param bytes of one copy; a multiple of 16
 * @param copies back to back, one timed sample
 * @param samples timed a case
 */
public record HostLink(long bytes, int copies, int samples) implements Workload {
    /** Of load that is not timed, for telemetry to see the link at work. */
    public static final double WATCHED_SECONDS = 2;

    public HostLink {
        if (bytes <= 0 || bytes % 16 != 0 || bytes > Integer.MAX_VALUE || copies <= 0 || samples <= 0) {
            throw new IllegalArgumentException(
                    "host-link must have bytes in 1..2³¹−1 in multiples of 16, copies > 0, samples > 0, got " + bytes
                            + ", " + copies + ", " + samples);
        }
    }

    @Override
    public String key() {
        return "host-link";
    }

    @Override
    public String words() {
        return "pinned copies of " + (bytes >> 20)
                + " MiB to every GPU, from it, and both at once, each GPU alone and all of"
                + " a node together, host memory near and far; every element checked";
    }

    /** Bytes of one sample. */
    public long moved() {
        return copies * bytes;
    }

    @Override
    public MemoryNeed memory() {
        return MemoryNeed.of("of buffers", 2, bytes);
    }
}
