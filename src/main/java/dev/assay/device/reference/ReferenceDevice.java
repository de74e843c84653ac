package dev.assay.device.reference;

import dev.assay.device.Bf16;
import dev.assay.device.CheckedTrainingKernels;
import dev.assay.device.Checksum;
import dev.assay.device.CollectiveLoad;
import dev.assay.device.Communicator;
import dev.assay.device.Counter;
import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.Health;
import dev.assay.device.HostCopies;
import dev.assay.device.MemoryLoad;
import dev.assay.device.MemoryTest;
import dev.assay.device.PeerAccess;
import dev.assay.device.Replay;
import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.device.TrainingKernels;
import dev.assay.measurement.Check;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import dev.assay.workload.LinearGemm;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The device contract in plain Java: real arithmetic, real streams, real exchange between processes of one host. What it
 * computes is the oracle of the CUDA device; how fast it is says nothing.
 */
public final class ReferenceDevice implements Device {
    private final String node;
    private final int localRank;
    private final Map<RingId, ServerSocket> registries = new ConcurrentHashMap<>();

    /**
     * @param node the cluster file's name of the node
     * @param localRank which of the node's devices this is
     */
    public ReferenceDevice(String node, int localRank) {
        this.node = node;
        this.localRank = localRank;
    }

    @Override
    public DeviceIdentity identity() {
        return new DeviceIdentity(
                "reference",
                "Reference device (plain Java)",
                "REF-" + node + "-" + localRank,
                "REF-" + node + "-" + localRank,
                "Java " + Runtime.version(),
                Runtime.getRuntime().maxMemory(),
                Runtime.getRuntime().availableProcessors(),
                "",
                0,
                List.of(),
                Map.of("vm", System.getProperty("java.vm.name", "unknown")));
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        return HostMemory.of(bytes);
    }

    @Override
    public Stream newStream() {
        return new SerialStream("stream of " + node + " device " + localRank);
    }

    @Override
    public Event newEvent() {
        return new TimedEvent();
    }

    @Override
    public void fillMatrix(DeviceMemory target, ElementType type, long elements, long seed, Stream stream) {
        Matrix matrix = Matrix.of("filling a matrix", target, type, elements);
        SerialStream.of(stream).enqueue(() -> matrix.fill(elements, seed));
    }

    @Override
    public void fillGradient(DeviceMemory target, long elements, long seed, int rank, int ranks, Stream stream) {
        HostMemory memory = HostMemory.of(target);
        memory.requireElements("filling with gradients", elements);
        SerialStream.of(stream).enqueue(() -> {
            for (long i = 0; i < elements; i++) {
                memory.bits(i, Bf16.of(Counter.gradient(seed, i, rank, ranks)));
            }
        });
    }

    @Override
    public void poison(DeviceMemory target, Stream stream) {
        HostMemory memory = HostMemory.of(target);
        SerialStream.of(stream).enqueue(() -> memory.fill((byte) 0xFF));
    }

    @Override
    public void zero(DeviceMemory target, Stream stream) {
        HostMemory memory = HostMemory.of(target);
        SerialStream.of(stream).enqueue(() -> memory.fill((byte) 0));
    }

    @Override
    public long countWrongSums(DeviceMemory reduced, long elements, long seed, int ranks, Stream stream) {
        HostMemory memory = HostMemory.of(reduced);
        return SerialStream.of(stream).call(() -> ReferenceChecks.wrongSums(memory, elements, seed, ranks));
    }

    @Override
    public long checksum(DeviceMemory memory, long bytes, Stream stream) {
        HostMemory host = HostMemory.of(memory);
        if (bytes <= 0 || bytes > host.bytes()) {
            throw new DeviceException("checksum of " + bytes + " bytes in memory of " + host.bytes());
        }
        return SerialStream.of(stream).call(() -> Checksum.of(host.read(), bytes));
    }

    @Override
    public MemoryLoad memoryLoad() {
        return new ReferenceMemoryLoad();
    }

    /** What this JVM's heap may still grow by, and has not used yet. */
    @Override
    public long freeBytes() {
        Runtime runtime = Runtime.getRuntime();
        return runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    }

    @Override
    public MemoryTest newMemoryTest() {
        return new ReferenceMemoryTest();
    }

    @Override
    public HostCopies hostCopies() {
        return new ReferenceHostCopies();
    }

    @Override
    public PeerAccess peerAccess() {
        return new ReferencePeerAccess();
    }

    @Override
    public GemmRunner newGemm(Gemm gemm) {
        return new ReferenceGemm(gemm);
    }

    @Override
    public GemmRunner newLinear(LinearGemm gemm) {
        return new ReferenceLinear(gemm);
    }

    @Override
    public Check checkFreivalds(Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, long seed, Stream stream) {
        return SerialStream.of(stream).call(() -> ReferenceChecks.freivalds(gemm, a, b, c, seed));
    }

    @Override
    public Check checkElements(
            Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, int samples, long seed, Stream stream) {
        return SerialStream.of(stream).call(() -> ReferenceChecks.elements(gemm, a, b, c, samples, seed));
    }

    @Override
    public CollectiveLoad collectiveLoad() {
        return new ReferenceCollectiveLoad();
    }

    @Override
    public TrainingKernels trainingKernels() {
        return new CheckedTrainingKernels(new ReferenceTrainingKernels());
    }

    @Override
    public Replay capture(Stream stream, Runnable work) {
        return new SerialReplay(SerialStream.of(stream), work);
    }

    @Override
    public byte[] newCommunicatorId() {
        ServerSocket registry = RingMeeting.listen();
        RingId id = RingId.fresh(registry.getLocalPort());
        registries.put(id, registry);
        return id.encode();
    }

    @Override
    public Communicator join(byte[] id, int rank, int ranks) {
        if (rank < 0 || rank >= ranks) {
            throw new DeviceException("joining a ring: rank must be in 0.." + (ranks - 1) + ", got " + rank);
        }
        RingId ring = RingId.decode(id);
        Optional<ServerSocket> registry = Optional.ofNullable(registries.remove(ring));
        if (registry.isPresent() != (rank == 0)) {
            throw new DeviceException("joining a ring: the rank that made the id must be rank 0, got " + rank);
        }
        if (ranks == 1) {
            RingMeeting.closeAll(List.of(registry.orElseThrow()));
            return RingCommunicator.alone();
        }
        return RingCommunicator.join(ring, rank, ranks, registry);
    }

    @Override
    public Telemetry newTelemetry() {
        return new ReferenceTelemetry();
    }

    @Override
    public Health newHealth() {
        return new ReferenceHealth();
    }

    @Override
    public void close() {
        RingMeeting.closeAll(List.copyOf(registries.values()));
        registries.clear();
    }
}
