package dev.assay.verdict;

/** What the run as a whole says. */
public enum Decision {
    ACCEPTED,
    /** Everything asked for passed, but it was not the whole contract. */
    PARTIAL,
    INCONCLUSIVE,
    REJECTED,
    /** The reference device's path is whole: proves the suite, not a cluster. */
    SUITE_OK,
    SUITE_BROKEN;

    /** As people read it: {@code SUITE OK}. */
    public String words() {
        return name().replace('_', ' ');
    }
}
