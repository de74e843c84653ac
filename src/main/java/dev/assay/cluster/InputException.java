package dev.assay.cluster;

/**
 * Something that a person gave us cannot be used: a file, a property. The message is ready for the screen and needs no stack
 * trace; nothing has been started when it is thrown.
 */
public class InputException extends RuntimeException {
    public InputException(String message) {
        super(message);
    }

    /**
     * The four parts of an error that a reader can act on.
     *
     * @param doing what was being done, on which file or property
     * @param found what is there
     * @param valid what may be there
     * @param advice what to do
     */
    public InputException(String doing, String found, String valid, String advice) {
        super(harmless(doing + "\n  found   " + found + "\n  valid   " + valid + "\n  to do   " + advice));
    }

    /** What a file says may reach a terminal only without its control characters. */
    private static String harmless(String message) {
        return message.replaceAll("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f]", "?");
    }
}
