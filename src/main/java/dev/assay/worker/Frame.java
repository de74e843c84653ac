package dev.assay.worker;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One message between a rank and the hub.
 *
 * @param name of the operation, e.g. {@code barrier measure}; of an error, the words
 * @param first first rank of the group that operates
 * @param size ranks of the group, which are consecutive
 * @param parts what is carried
 */
record Frame(Kind kind, String name, int first, int size, List<byte[]> parts) {
    /** A collective carries ids, choices and digests; more is no message of ours. */
    private static final int MAX_PART_BYTES = 1 << 20;

    private static final int MAX_PARTS = 65_536;
    private static final int MAX_BYTES = 64 << 20;

    Frame {
        parts = List.copyOf(parts);
    }

    enum Kind {
        /** A rank's part in an operation, or the hub's answer with everyone's. */
        OPERATION,
        /** Someone is gone. */
        LOST,
        /** The sender failed, in its own words. */
        FAILED,
        /** The sender is done and leaves in good order. */
        BYE
    }

    static Frame words(Kind kind, String words) {
        return new Frame(kind, words, 0, 0, List.of());
    }

    void write(DataOutputStream out) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        DataOutputStream body = new DataOutputStream(bytes);
        body.writeUTF(kind.name());
        body.writeUTF(name.substring(0, Math.min(name.length(), 4000)));
        body.writeInt(first);
        body.writeInt(size);
        body.writeInt(parts.size());
        for (byte[] part : parts) {
            body.writeInt(part.length);
            body.write(part);
        }
        out.writeInt(bytes.size());
        bytes.writeTo(out);
        out.flush();
    }

    static Frame read(DataInputStream in) throws IOException {
        bounded("frame", in.readInt(), MAX_BYTES);
        Kind kind = kind(in.readUTF());
        String name = in.readUTF();
        int first = in.readInt();
        int size = in.readInt();
        int count = bounded("parts", in.readInt(), MAX_PARTS);
        List<byte[]> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] part = new byte[bounded("part", in.readInt(), MAX_PART_BYTES)];
            in.readFully(part);
            parts.add(part);
        }
        return new Frame(kind, name, first, size, parts);
    }

    private static Kind kind(String name) throws IOException {
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        throw new IOException("unknown kind of message: " + name);
    }

    private static int bounded(String what, int value, int most) throws IOException {
        if (value < 0 || value > most) {
            throw new IOException(what + " of a message must be in 0.." + most + ", got " + value);
        }
        return value;
    }
}
