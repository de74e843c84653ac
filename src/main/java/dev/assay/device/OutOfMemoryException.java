package dev.assay.device;

/** The device has no room for an allocation; the message has the bytes asked for and those that are free. */
public final class OutOfMemoryException extends DeviceException {
    public OutOfMemoryException(String message) {
        super(message);
    }
}
