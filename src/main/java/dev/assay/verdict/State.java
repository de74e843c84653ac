package dev.assay.verdict;

/** The states of a verdict. Only PASS is green. */
public enum State {
    /** Limit met, result correct, load proven, coverage whole. */
    PASS,
    /** Limit missed, or the result is wrong. */
    FAIL,
    /** Measured, cannot tell. */
    INCONCLUSIVE,
    /** Above the ceiling, load not proven, conditions broken. */
    INVALID,
    /** Not measured, with the reason. */
    NOT_RUN,
    /** The cluster file says that the part does not exist, and the node agrees; or the criteria only show it. */
    NOT_APPLICABLE
}
