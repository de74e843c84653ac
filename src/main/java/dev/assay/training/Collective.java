package dev.assay.training;

/**
 * Calls of one kind for one purpose in one optimizer step.
 *
 * @param purpose e.g. {@code gradients}
 * @param calls of the step
 * @param bytes of the whole payload, over all calls; for a gather what every GPU holds afterwards
 * @param largest bytes of the largest call
 */
public record Collective(Kind kind, String purpose, long calls, long bytes, long largest, When when, Behind behind) {
    /** As NCCL names them. */
    public enum Kind {
        ALL_REDUCE("all-reduce"),
        ALL_GATHER("all-gather"),
        REDUCE_SCATTER("reduce-scatter"),
        REDUCE("reduce");

        private final String key;

        Kind(String key) {
            this.key = key;
        }

        public String key() {
            return key;
        }

        /** Bytes on the bus a byte of payload, as nccl-tests counts them: time = this × bytes / bus bandwidth. */
        public double busFactor(int gpus) {
            double share = (gpus - 1.0) / gpus;
            return switch (this) {
                case ALL_REDUCE -> 2 * share;
                case ALL_GATHER, REDUCE_SCATTER -> share;
                case REDUCE -> 1;
            };
        }
    }

    /** How often in a step. */
    public enum When {
        EVERY_MICRO_BATCH("every micro-batch"),
        LAST_MICRO_BATCH("last micro-batch"),
        AFTER_BACKWARD("after the last backward"),
        AFTER_OPTIMIZER("after the optimizer");

        private final String words;

        When(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /** What it can hide behind. */
    public enum Behind {
        NOTHING("nothing"),
        BACKWARD("backward"),
        COMPUTING("forward and backward");

        private final String words;

        Behind(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    public Collective {
        if (calls <= 0 || bytes <= 0 || largest <= 0 || largest > bytes) {
            throw new IllegalArgumentException("collective " + purpose
                    + " must have calls > 0 and 0 < largest ≤ bytes, got " + calls + ", " + largest + " and " + bytes);
        }
    }

    /** Of a step, so that its time without latency is this divided by the bus bandwidth. */
    public double busBytes(int gpus) {
        return bytes * kind.busFactor(gpus);
    }

    /** The same with what happens in every micro-batch that many times. */
    Collective times(int accumulation) {
        return new Collective(kind, purpose, calls * accumulation, bytes * accumulation, largest, when, behind);
    }
}
