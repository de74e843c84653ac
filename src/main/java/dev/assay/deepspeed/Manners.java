package dev.assay.deepspeed;

/** How an object of the file is read by whom it is for. */
enum Manners {
    /** DeepSpeed's {@code dict.get}: unknown keys are ignored, nothing is converted, {@code auto} would break arithmetic. */
    PLAIN,
    /**
     * DeepSpeed's pydantic models: unknown keys are errors, {@code auto} is dropped, numbers and flags may stand in quotes.
     */
    MODEL,
    /** Our own section: unknown keys are errors, nothing is converted. */
    ASSAY
}
