package dev.assay.job;

/** A job cannot be started as asked; the message is one screen for the user, nothing was submitted. */
public final class JobException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public JobException(String message) {
        super(message);
    }

    JobException(String message, Throwable cause) {
        super(message, cause);
    }
}
