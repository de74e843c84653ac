package dev.assay.deepspeed;

/** Where a resolved value comes from. */
public enum Origin {
    FILE,
    /** Left out (or dropped as {@code auto}): the default of DeepSpeed 0.19. */
    DEFAULT,
    /** Written as {@code auto}: filled by the rule that {@link Resolved#how} names. */
    AUTO,
    /** Computed from other values. */
    DERIVED,
    /** The section {@code assay} of the file, or its defaults. */
    ASSAY,
    /** The file's stress variant. */
    STRESS
}
