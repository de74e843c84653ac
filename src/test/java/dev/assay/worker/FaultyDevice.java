package dev.assay.worker;

import dev.assay.device.CollectiveLoad;
import dev.assay.device.Communicator;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Health;
import dev.assay.device.MemoryTest;
import dev.assay.device.Stream;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.device.reference.SlowCommunicator;
import dev.assay.measurement.Check;
import dev.assay.measurement.Measurement;
import dev.assay.measurement.Metric;
import dev.assay.workload.CollectiveCase;
import dev.assay.workload.CollectivePiece;
import dev.assay.workload.Gemm;
import dev.assay.workload.LinearGemm;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A reference device with one planted fault. */
final class FaultyDevice extends DelegatingDevice {
    static final String REFUSAL = "cublasLtMatmul: not supported";

    /** Long against what two busy cores add to an all-reduce of some KiB. */
    static final Duration LATE = Duration.ofMillis(4);

    /** Place of the 64-bit word with the stuck bit, in the region under test. */
    static final long STUCK_WORD = 77;

    private final Fault fault;

    FaultyDevice(RankEnvironment environment, Fault fault) {
        super(new ReferenceDevice(environment.node(), environment.localRank()));
        this.fault = fault;
    }

    enum Fault {
        GEMM_REFUSED,
        /** The driver reports a critical error before the GEMM is refused. */
        XID,
        /** A counter rises with every reading, another is refused. */
        WORN,
        /** The first eight elements read by a check are changed: in C, and in reduced gradients. */
        WRONG_ELEMENTS,
        /** A bit of the memory under test is always 1. */
        STUCK_MEMORY_BIT,
        /** Every collective begins {@link FaultyDevice#LATE} late: what a healthy rank of a slow fleet does. */
        LATE,
        /** Every collective begins ten times as late. */
        VERY_LATE
    }

    @Override
    public long countWrongSums(DeviceMemory reduced, long elements, long seed, int ranks, Stream stream) {
        spoil(reduced, stream);
        return super.countWrongSums(reduced, elements, seed, ranks, stream);
    }

    @Override
    public long checksum(DeviceMemory memory, long bytes, Stream stream) {
        return super.checksum(memory, bytes, stream) ^ (fault == Fault.WRONG_ELEMENTS ? 1 : 0);
    }

    @Override
    public void enqueueChecksum(DeviceMemory memory, long bytes, DeviceMemory digest, Stream stream) {
        super.enqueueChecksum(memory, bytes, digest, stream);
        if (fault == Fault.WRONG_ELEMENTS) {
            stream.synchronize(Duration.ofMinutes(1));
            byte[] found = digest.read();
            found[0] ^= 1;
            digest.write(found);
        }
    }

    @Override
    public MemoryTest newMemoryTest() {
        MemoryTest test = super.newMemoryTest();
        return fault == Fault.STUCK_MEMORY_BIT ? new StuckBit(test, STUCK_WORD) : test;
    }

    @Override
    public GemmRunner newGemm(Gemm gemm) {
        refuseGemms();
        return super.newGemm(gemm);
    }

    @Override
    public GemmRunner newLinear(LinearGemm gemm) {
        refuseGemms();
        return super.newLinear(gemm);
    }

    private void refuseGemms() {
        if (fault == Fault.GEMM_REFUSED || fault == Fault.XID) {
            throw new DeviceException(REFUSAL);
        }
    }

    @Override
    public Check checkFreivalds(Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, long seed, Stream stream) {
        spoil(c, stream);
        return super.checkFreivalds(gemm, a, b, c, seed, stream);
    }

    @Override
    public CollectiveLoad collectiveLoad() {
        CollectiveLoad load = super.collectiveLoad();
        return new CollectiveLoad() {
            @Override
            public void fill(
                    DeviceMemory target,
                    long elements,
                    CollectiveCase what,
                    long seed,
                    int rank,
                    int ranks,
                    Stream on) {
                load.fill(target, elements, what, seed, rank, ranks, on);
            }

            @Override
            public long countWrong(
                    DeviceMemory found, CollectivePiece piece, CollectiveCase what, long seed, int ranks, Stream on) {
                spoil(found, on);
                return load.countWrong(found, piece, what, seed, ranks, on);
            }

            @Override
            public void addWrong(
                    DeviceMemory found,
                    CollectivePiece piece,
                    CollectiveCase what,
                    long seed,
                    int ranks,
                    DeviceMemory counter,
                    Stream on) {
                spoil(found, on);
                load.addWrong(found, piece, what, seed, ranks, counter, on);
            }
        };
    }

    @Override
    public Communicator join(byte[] id, int rank, int ranks) {
        Communicator communicator = super.join(id, rank, ranks);
        return switch (fault) {
            case LATE -> new SlowCommunicator(communicator, LATE);
            case VERY_LATE -> new SlowCommunicator(communicator, LATE.multipliedBy(10));
            default -> communicator;
        };
    }

    @Override
    public Health newHealth() {
        return fault == Fault.XID || fault == Fault.WORN ? new WornHealth() : super.newHealth();
    }

    private static final class WornHealth implements Health {
        private boolean begun;

        @Override
        public void begin() {
            begun = true;
        }

        @Override
        public Report end() {
            return new Report(
                    List.of(Measurement.of(Metric.ECC_UNCORRECTED, 4, 6)),
                    Map.of(Metric.RETIRED_PAGES, "Not Supported (3) by nvmlDeviceGetRetiredPages"));
        }

        @Override
        public List<String> alarms() {
            return begun ? List.of("XID 79") : List.of();
        }

        @Override
        public void close() {}
    }

    private void spoil(DeviceMemory memory, Stream stream) {
        if (fault == Fault.WRONG_ELEMENTS) {
            stream.synchronize(Duration.ofSeconds(10));
            byte[] bytes = memory.read();
            byte[] first = Arrays.copyOf(bytes, Math.min(16, bytes.length));
            for (int i = 0; i < first.length; i++) {
                first[i] ^= 0x55;
            }
            memory.write(first);
        }
    }
}
