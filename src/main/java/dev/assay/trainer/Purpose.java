package dev.assay.trainer;

/** What a collective of a step is for, as {@link dev.assay.training.StepCollectives} names it. */
enum Purpose {
    GRADIENTS("gradients"),
    NORM("gradient norm"),
    WEIGHTS_FORWARD("weights, forward"),
    WEIGHTS_BACKWARD("weights, backward"),
    WEIGHTS_RECOMPUTED("weights, recomputed"),
    WEIGHTS_UPDATED("weights"),
    SMALL_WEIGHTS("small weights");

    private final String words;

    Purpose(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
