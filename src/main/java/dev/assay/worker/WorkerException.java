package dev.assay.worker;

/** Why a rank cannot go on; the message has what was done, on what, what was found and what to do. */
public final class WorkerException extends RuntimeException {
    WorkerException(String message) {
        super(message);
    }

    WorkerException(String message, Throwable cause) {
        super(message, cause);
    }
}
