package dev.assay.trainer;

import dev.assay.device.DeviceException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** What was made on a device and is to be closed here: in reverse order, all of it, though one may not let go. */
final class Handles implements AutoCloseable {
    private final Deque<AutoCloseable> all = new ArrayDeque<>();

    <T extends AutoCloseable> T own(T one) {
        all.push(one);
        return one;
    }

    /** Of what could not be made whole. */
    void closeBecauseOf(RuntimeException reason) {
        try {
            close();
        } catch (RuntimeException e) {
            reason.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        Optional<RuntimeException> refused = Optional.empty();
        while (!all.isEmpty()) {
            Optional<RuntimeException> now = closing(all.pop());
            if (refused.isPresent()) {
                now.ifPresent(refused.get()::addSuppressed);
            } else {
                refused = now;
            }
        }
        if (refused.isPresent()) {
            throw refused.get();
        }
    }

    private static Optional<RuntimeException> closing(AutoCloseable one) {
        try {
            one.close();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(e);
        } catch (Exception e) {
            return Optional.of(new DeviceException("closing what training made on the device: " + e));
        }
    }
}
