package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/** What ranks need to join a ring: the port where rank 0 listens on 127.0.0.1, and a token that only they know. */
record RingId(int port, long high, long low) {
    static final int BYTES = 20;

    static RingId fresh(int port) {
        SecureRandom random = new SecureRandom();
        return new RingId(port, random.nextLong(), random.nextLong());
    }

    byte[] encode() {
        return ByteBuffer.allocate(BYTES)
                .putInt(port)
                .putLong(high)
                .putLong(low)
                .array();
    }

    static RingId decode(byte[] id) {
        if (id.length != BYTES) {
            throw new DeviceException("joining a ring: its id must have " + BYTES + " bytes, got " + id.length);
        }
        ByteBuffer buffer = ByteBuffer.wrap(id);
        return new RingId(buffer.getInt(), buffer.getLong(), buffer.getLong());
    }
}
