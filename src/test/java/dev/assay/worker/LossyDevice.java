package dev.assay.worker;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.HostCopies;
import dev.assay.device.HostPlace;
import dev.assay.device.MemoryLoad;
import dev.assay.device.PeerAccess;
import dev.assay.device.PinnedMemory;
import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.measurement.Check;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.workload.Gemm;
import dev.assay.workload.PeerMethod;
import java.util.List;
import java.util.Map;

/** A reference device whose links lose bytes, or do not open. */
final class LossyDevice implements Device {
    static final int LOST = 16;
    static final String REFUSAL = "cuIpcOpenMemHandle_v2: peer access is not supported";

    private final Device device;

    private final int lost;
    private final boolean opens;

    private LossyDevice(RankEnvironment environment, int lost, boolean opens) {
        this.device = new ReferenceDevice(environment.node(), environment.localRank());
        this.lost = lost;
        this.opens = opens;
    }

    /** Loses the last 16 bytes of every copy over a link. */
    static LossyDevice losing(RankEnvironment environment) {
        return new LossyDevice(environment, LOST, true);
    }

    /** Cannot open a peer's memory. */
    static LossyDevice closed(RankEnvironment environment, int lost) {
        return new LossyDevice(environment, lost, false);
    }

    private record LossyCopies(HostCopies copies) implements HostCopies {
        @Override
        public List<HostPlace> places() {
            return copies.places();
        }

        @Override
        public PinnedMemory allocate(long bytes, HostPlace place) {
            return copies.allocate(bytes, place);
        }

        @Override
        public void copyIn(PinnedMemory from, DeviceMemory to, long bytes, Stream stream) {
            copies.copyIn(from, to, Math.max(1, bytes - LOST), stream);
        }

        @Override
        public void copyOut(DeviceMemory from, PinnedMemory to, long bytes, Stream stream) {
            copies.copyOut(from, to, Math.max(1, bytes - LOST), stream);
        }
    }

    private record LossyPeers(PeerAccess access, int lost, boolean opens) implements PeerAccess {
        @Override
        public byte[] address() {
            return access.address();
        }

        @Override
        public DeviceMemory allocate(long bytes) {
            return access.allocate(bytes);
        }

        @Override
        public byte[] offer(DeviceMemory allocated) {
            return access.offer(allocated);
        }

        @Override
        public void withdraw(DeviceMemory allocated) {
            access.withdraw(allocated);
        }

        @Override
        public DeviceMemory open(byte[] offer, long bytes) {
            if (!opens) {
                throw new DeviceException(REFUSAL);
            }
            return access.open(offer, bytes);
        }

        @Override
        public DeviceMemory stage(byte[] address, long bytes) {
            return access.stage(address, bytes);
        }

        @Override
        public void copy(PeerMethod method, DeviceMemory from, DeviceMemory to, long bytes, Stream stream) {
            access.copy(method, from, to, bytes - lost, stream);
        }

        @Override
        public Map<String, String> path(byte[] address) {
            return access.path(address);
        }
    }

    @Override
    public DeviceIdentity identity() {
        return device.identity();
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        return device.allocate(bytes);
    }

    @Override
    public Stream newStream() {
        return device.newStream();
    }

    @Override
    public Event newEvent() {
        return device.newEvent();
    }

    @Override
    public void fillNormal(DeviceMemory target, long elements, long seed, Stream stream) {
        device.fillNormal(target, elements, seed, stream);
    }

    @Override
    public void fillGradient(DeviceMemory target, long elements, long seed, int rank, int ranks, Stream stream) {
        device.fillGradient(target, elements, seed, rank, ranks, stream);
    }

    @Override
    public void poison(DeviceMemory target, Stream stream) {
        device.poison(target, stream);
    }

    @Override
    public long countWrongSums(DeviceMemory reduced, long elements, long seed, int ranks, Stream stream) {
        return device.countWrongSums(reduced, elements, seed, ranks, stream);
    }

    @Override
    public long checksum(DeviceMemory memory, long bytes, Stream stream) {
        return device.checksum(memory, bytes, stream);
    }

    @Override
    public MemoryLoad memoryLoad() {
        return device.memoryLoad();
    }

    @Override
    public HostCopies hostCopies() {
        return new LossyCopies(device.hostCopies());
    }

    @Override
    public PeerAccess peerAccess() {
        return new LossyPeers(device.peerAccess(), lost, opens);
    }

    @Override
    public GemmRunner newGemm(Gemm gemm) {
        return device.newGemm(gemm);
    }

    @Override
    public Check checkFreivalds(Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, long seed, Stream stream) {
        return device.checkFreivalds(gemm, a, b, c, seed, stream);
    }

    @Override
    public Check checkElements(
            Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, int samples, long seed, Stream stream) {
        return device.checkElements(gemm, a, b, c, samples, seed, stream);
    }

    @Override
    public byte[] newCommunicatorId() {
        return device.newCommunicatorId();
    }

    @Override
    public Communicator join(byte[] id, int rank, int ranks) {
        return device.join(id, rank, ranks);
    }

    @Override
    public Telemetry newTelemetry() {
        return device.newTelemetry();
    }

    @Override
    public void close() {
        device.close();
    }
}
