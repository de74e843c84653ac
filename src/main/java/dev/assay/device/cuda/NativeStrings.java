package dev.assay.device.cuda;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A {@code const char* const*}: an array of addresses of strings. */
final class NativeStrings implements AutoCloseable {
    private final Memory pointers;
    private final Memory text;

    NativeStrings(List<String> strings) {
        List<byte[]> encoded = strings.stream().map(NativeStrings::terminated).toList();
        long bytes = encoded.stream().mapToLong(string -> string.length).sum();
        text = new Memory(Math.max(1, bytes));
        pointers = new Memory(Math.max(1, (long) encoded.size() * Native.POINTER_SIZE));
        long offset = 0;
        for (int i = 0; i < encoded.size(); i++) {
            text.write(offset, encoded.get(i), 0, encoded.get(i).length);
            pointers.setPointer((long) i * Native.POINTER_SIZE, text.share(offset));
            offset += encoded.get(i).length;
        }
    }

    long address() {
        return Pointer.nativeValue(pointers);
    }

    static byte[] terminated(String string) {
        return (string + "\0").getBytes(StandardCharsets.UTF_8);
    }

    /** Up to the first zero byte. */
    static String decode(byte[] bytes) {
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        pointers.close();
        text.close();
    }
}
