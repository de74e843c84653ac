package dev.assay.device.reference;

import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.PeerAccess;
import dev.assay.device.Stream;
import dev.assay.workload.PeerMethod;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Memory that processes of one host share for real: each piece is a file that all who use it have mapped. */
final class ReferencePeerAccess implements PeerAccess {
    private final Map<DeviceMemory, Path> offers = new ConcurrentHashMap<>();

    @Override
    public byte[] address() {
        return new byte[0];
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        try {
            Path file = Files.createTempFile("assay-peer-", ".bin");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                HostMemory memory = HostMemory.over(channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes));
                offers.put(memory, file);
                return memory;
            }
        } catch (IOException e) {
            throw new DeviceException(
                    "allocating " + bytes + " bytes for peers as a file in " + System.getProperty("java.io.tmpdir")
                            + ": " + e + "; is there room?",
                    e);
        }
    }

    @Override
    public byte[] offer(DeviceMemory allocated) {
        return file(allocated).toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void withdraw(DeviceMemory allocated) {
        try {
            Files.deleteIfExists(file(allocated));
        } catch (IOException e) {
            throw new DeviceException("removing the file of memory that was offered to peers: " + e, e);
        }
    }

    private Path file(DeviceMemory allocated) {
        Path file = offers.get(allocated);
        if (file == null) {
            throw new DeviceException("offering memory to peers: it must have been allocated for that");
        }
        return file;
    }

    @Override
    public DeviceMemory open(byte[] offer, long bytes) {
        Path file = Path.of(new String(offer, StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() != bytes) {
                throw new DeviceException(
                        "opening a peer's memory: " + file + " has " + channel.size() + " bytes, expected " + bytes);
            }
            return HostMemory.over(channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes));
        } catch (IOException e) {
            throw new DeviceException(
                    "opening a peer's memory as the file " + file + ": " + e
                            + "; do both processes run on one host and share its temporary folder?",
                    e);
        }
    }

    @Override
    public DeviceMemory stage(byte[] address, long bytes) {
        return HostMemory.of(bytes);
    }

    @Override
    public void copy(PeerMethod method, DeviceMemory from, DeviceMemory to, long bytes, Stream stream) {
        ByteBuffer source = HostMemory.of(from).buffer(bytes);
        ByteBuffer target = HostMemory.of(to).buffer(bytes);
        SerialStream.of(stream)
                .enqueue(
                        switch (method) {
                            case CE -> () -> target.duplicate().put(source.duplicate());
                            case SM -> () -> words(source, target, bytes);
                        });
    }

    private static void words(ByteBuffer source, ByteBuffer target, long bytes) {
        int whole = (int) (bytes - bytes % Long.BYTES);
        for (int at = 0; at < whole; at += Long.BYTES) {
            target.putLong(at, source.getLong(at));
        }
        for (int at = whole; at < bytes; at++) {
            target.put(at, source.get(at));
        }
    }

    @Override
    public Map<String, String> path(byte[] address) {
        return Map.of("via", "host", "p2p", "a file that both have mapped", "links", "none");
    }
}
