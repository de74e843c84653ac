package dev.assay.device;

/** A device or its library refused; the message has call, status and the library's own text. */
public class DeviceException extends RuntimeException {
    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
