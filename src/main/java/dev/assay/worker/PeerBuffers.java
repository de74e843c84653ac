package dev.assay.worker;

import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.MemoryLoad;
import dev.assay.device.PeerAccess;
import dev.assay.device.Stream;
import dev.assay.workload.Hbm;
import dev.assay.workload.MemoryKernel;
import dev.assay.workload.Peer;
import dev.assay.workload.PeerMethod;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One rank's memory for its peers, and what it does with theirs. The shared piece holds this rank's data, a place a method
 * where the others write, and a chase; what this rank reads lands in memory of its own.
 */
final class PeerBuffers {
    /** Timed but not told: the first warm the path and wait for the other side to begin, the last until it ends. */
    private static final int EDGE = 4;

    private static final int CHASES = 3;

    private final Device device;
    private final PeerAccess access;
    private final Peer peer;
    private final Stream stream;
    private final Owned owned;
    private final Duration deadline;
    private final DeviceMemory shared;
    private final Map<PeerMethod, DeviceMemory> landing;
    private final DeviceMemory end;

    PeerBuffers(Device device, PeerAccess access, Peer peer, Stream stream, Owned owned, Duration deadline) {
        this.device = device;
        this.access = access;
        this.peer = peer;
        this.stream = stream;
        this.owned = owned;
        this.deadline = deadline;
        shared = owned.own(access.allocate(sharedBytes(peer)));
        landing = Map.of(
                PeerMethod.CE, owned.own(device.allocate(peer.bytes())),
                PeerMethod.SM, owned.own(device.allocate(peer.bytes())));
        end = owned.own(device.allocate(Long.BYTES));
    }

    static long sharedBytes(Peer peer) {
        return 3 * peer.bytes() + peer.footprint();
    }

    byte[] offer() {
        return access.offer(shared);
    }

    void withdraw() {
        access.withdraw(shared);
    }

    void fill(long seed) {
        device.memoryLoad().fill(data(shared), peer.bytes(), seed, stream);
        device.memoryLoad().layChase(lines(shared), peer.footprint(), stream);
        stream.synchronize(deadline);
    }

    /** This rank's data on the other's device, for what is read from there through the host. */
    void fillStaged(DeviceMemory staged) {
        access.copy(PeerMethod.CE, data(shared), data(staged), peer.bytes(), stream);
        stream.synchronize(deadline);
    }

    /** Wherever bytes of this link will arrive; what another device holds is poisoned by a copy. */
    void poison(PeerLink link) {
        for (PeerMethod method : PeerMethod.values()) {
            device.poison(inbox(shared, method), stream);
            device.poison(landing(method), stream);
        }
        if (!link.direct()) {
            access.copy(
                    PeerMethod.CE, landing(PeerMethod.CE), inbox(link.memory(), PeerMethod.CE), peer.bytes(), stream);
        }
        stream.synchronize(deadline);
    }

    /** One piece a sample. */
    List<Piece> write(PeerMethod method, DeviceMemory theirs) {
        return timed(method, data(shared), inbox(theirs, method));
    }

    List<Piece> read(PeerMethod method, DeviceMemory theirs) {
        return timed(method, data(theirs), landing(method));
    }

    private List<Piece> timed(PeerMethod method, DeviceMemory from, DeviceMemory to) {
        Pipeline pipeline = new Pipeline(
                device,
                owned,
                stream,
                () -> {
                    for (int copy = 0; copy < peer.copies(); copy++) {
                        access.copy(method, from, to, peer.bytes(), stream);
                    }
                },
                () -> {},
                deadline);
        return pipeline.run(peer.samples() + 2L * EDGE).subList(EDGE, EDGE + peer.samples());
    }

    /** GB/s of each sample. */
    List<Double> gigabytesPerSecond(List<Piece> pieces) {
        return pieces.stream()
                .map(piece -> peer.moved() / piece.milliseconds() / 1e6)
                .toList();
    }

    long countWrongArrived(PeerMethod method, long seed) {
        return countWrong(inbox(shared, method), seed);
    }

    /** What lies in the other device's inbox, brought back first. */
    long countWrongStaged(DeviceMemory staged, long seed) {
        DeviceMemory back = landing(PeerMethod.CE);
        device.poison(back, stream);
        access.copy(PeerMethod.CE, inbox(staged, PeerMethod.CE), back, peer.bytes(), stream);
        return countWrong(back, seed);
    }

    long countWrongRead(PeerMethod method, long seed) {
        return countWrong(landing(method), seed);
    }

    private long countWrong(DeviceMemory memory, long seed) {
        return device.memoryLoad().countWrong(MemoryKernel.COPY, memory, peer.bytes(), seed, 0, stream);
    }

    /**
     * A chase through another's memory.
     *
     * @param right whether it ended at the line where it must
     */
    record Chase(List<Piece> pieces, List<Double> nanoseconds, boolean right) {}

    Chase chase(DeviceMemory theirs) {
        MemoryLoad load = device.memoryLoad();
        Pipeline pipeline = new Pipeline(
                device,
                owned,
                stream,
                () -> load.chase(lines(theirs), peer.footprint(), peer.chaseSteps(), end, stream),
                () -> {},
                deadline);
        stream.synchronize(deadline);
        end.write(new byte[Long.BYTES]);
        List<Piece> pieces = pipeline.run(CHASES + 1L).subList(1, CHASES + 1);
        List<Double> nanoseconds = pieces.stream()
                .map(piece -> 1e6 * piece.milliseconds() / peer.chaseSteps())
                .toList();
        long reached =
                ByteBuffer.wrap(end.read()).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return new Chase(pieces, nanoseconds, reached == expectedLine());
    }

    /** Each walk goes on where the last one ended, the uncounted one first. */
    private long expectedLine() {
        long line = 0;
        for (int step = 0; step < (CHASES + 1) * peer.chaseSteps(); step++) {
            line = MemoryLoad.nextLine(line, peer.footprint() / Hbm.LINE_BYTES);
        }
        return line;
    }

    private DeviceMemory landing(PeerMethod method) {
        return Objects.requireNonNull(landing.get(method));
    }

    private DeviceMemory data(DeviceMemory whole) {
        return whole.slice(0, peer.bytes());
    }

    private DeviceMemory inbox(DeviceMemory whole, PeerMethod method) {
        return whole.slice((method == PeerMethod.CE ? 1 : 2) * peer.bytes(), peer.bytes());
    }

    private DeviceMemory lines(DeviceMemory whole) {
        return whole.slice(3 * peer.bytes(), peer.footprint());
    }
}
