package dev.assay.device.cuda;

import dev.assay.device.CheckedTrainingKernels;
import dev.assay.device.CollectiveLoad;
import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceException;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Event;
import dev.assay.device.GemmRunner;
import dev.assay.device.Health;
import dev.assay.device.HostCopies;
import dev.assay.device.MemoryLoad;
import dev.assay.device.MemoryTest;
import dev.assay.device.MemoryUse;
import dev.assay.device.PeerAccess;
import dev.assay.device.Replay;
import dev.assay.device.Stream;
import dev.assay.device.Telemetry;
import dev.assay.device.TrainingKernels;
import dev.assay.measurement.Check;
import dev.assay.measurement.DeviceIdentity;
import dev.assay.measurement.Library;
import dev.assay.workload.ElementType;
import dev.assay.workload.Gemm;
import dev.assay.workload.LinearGemm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** One GPU by its primary context, which NCCL and cuBLASLt share. A process opens one, and uses it in one thread. */
public final class CudaDevice implements Device {
    /** Generous: the longest check of a buffer that fills a GPU takes seconds. */
    private static final Duration DEADLINE = Duration.ofMinutes(5);

    private final PrimaryContext context;
    private final List<String> libraryDirectories;
    private final NvmlGpu nvml;
    private final KernelImage image;
    private final Kernels kernels;
    private final CublasHandle blas;
    private final GemmChecks checks;
    private final CudaFills fills;
    private final GemmWorkspace linearWorkspace;
    private Optional<Kernels> training = Optional.empty();
    private boolean closed;

    private CudaDevice(PrimaryContext context, List<String> libraryDirectories) {
        this.context = context;
        this.libraryDirectories = List.copyOf(libraryDirectories);
        nvml = NvmlGpu.open(context.uuid(), libraryDirectories);
        image = image(KernelProgram.MEASURING);
        kernels = new Kernels(image, context.multiprocessors());
        blas = CublasHandle.create(libraryDirectories);
        checks = new GemmChecks(kernels, context.describe());
        fills = new CudaFills(kernels, this);
        linearWorkspace = GemmWorkspace.on(context.describe());
    }

    private KernelImage image(KernelProgram program) {
        String architecture = KernelImage.architecture(program, context.architecture());
        return KernelImage.obtain(program, architecture, libraryDirectories, KernelCache.ofUser());
    }

    /**
     * Opens a GPU: its primary context becomes the calling thread's.
     *
     * @param ordinal among the GPUs that this process sees: CUDA_VISIBLE_DEVICES counts
     * @param libraryDirectories searched for the vendors' libraries before the loader's path
     */
    public static CudaDevice open(int ordinal, List<String> libraryDirectories) {
        PrimaryContext context = PrimaryContext.retain(ordinal, libraryDirectories);
        return new CudaDevice(context, libraryDirectories);
    }

    /** Whether a CUDA driver loads here and sees a GPU; touches none. Never throws. */
    public static boolean driverLoads() {
        return driverTrouble().isEmpty();
    }

    /** Why no GPU can be used here: what was searched and what the loader or the driver said; empty if one can be. */
    public static Optional<String> driverTrouble() {
        try {
            Cuda.load(List.of());
            return Cuda.deviceCount() > 0 ? Optional.empty() : Optional.of("the CUDA driver sees no GPU");
        } catch (RuntimeException | LinkageError e) {
            return Optional.of("no CUDA driver can be used: " + e.getMessage());
        }
    }

    /** GPUs that this process sees; 0 where there is no driver. */
    public static int count() {
        return driverLoads() ? Cuda.deviceCount() : 0;
    }

    @Override
    public DeviceIdentity identity() {
        Map<String, String> facts = new HashMap<>(nvml.facts());
        facts.put("kernels", image.origin());
        return new DeviceIdentity(
                "cuda",
                context.name(),
                context.uuid(),
                nvml.serial(),
                nvml.driver(),
                nvml.memoryBytes(),
                context.multiprocessors(),
                context.computeCapability(),
                nvml.maxSmClockMhz(),
                libraries(facts),
                facts);
    }

    /** Hashes gigabytes once; a library that only some workloads need is a fact with its reason where it is missing. */
    private List<Library> libraries(Map<String, String> facts) {
        List<Library> libraries = new ArrayList<>();
        libraries.add(context.driver().toLibrary("CUDA driver", Cuda.driverApiVersion()));
        libraries.add(blas.toLibrary());
        libraries.addAll(image.compilerLibraries());
        libraries.add(nvml.library());
        try {
            libraries.add(NcclCommunicator.library(libraryDirectories));
        } catch (DeviceException e) {
            facts.put("nccl", String.valueOf(e.getMessage()));
        }
        return libraries;
    }

    @Override
    public CudaMemory allocate(long bytes) {
        context.makeCurrent();
        return CudaMemory.allocate(bytes, context.describe());
    }

    @Override
    public Stream newStream() {
        context.makeCurrent();
        return new CudaStream(context.describe());
    }

    @Override
    public Event newEvent() {
        context.makeCurrent();
        return new CudaEvent();
    }

    @Override
    public void fillMatrix(DeviceMemory target, ElementType type, long elements, long seed, Stream stream) {
        fills.matrix(target, type, elements, seed, (CudaStream) stream);
    }

    @Override
    public void fillGradient(DeviceMemory target, long elements, long seed, int rank, int ranks, Stream stream) {
        fills.gradient(target, elements, seed, rank, ranks, (CudaStream) stream);
    }

    @Override
    public void poison(DeviceMemory target, Stream stream) {
        set((CudaMemory) target, 0xFF, (CudaStream) stream);
    }

    @Override
    public void zero(DeviceMemory target, Stream stream) {
        set((CudaMemory) target, 0, (CudaStream) stream);
    }

    @Override
    public long countWrongSums(DeviceMemory reduced, long elements, long seed, int ranks, Stream stream) {
        return fills.countWrongSums(reduced, elements, seed, ranks, (CudaStream) stream);
    }

    @Override
    public long checksum(DeviceMemory memory, long bytes, Stream stream) {
        return fills.checksum(memory, bytes, (CudaStream) stream);
    }

    @Override
    public void enqueueChecksum(DeviceMemory memory, long bytes, DeviceMemory digest, Stream stream) {
        CudaMemory sum = holding(digest, Long.BYTES);
        set(sum, 0, (CudaStream) stream);
        fills.addChecksum(memory, bytes, sum, (CudaStream) stream);
    }

    /** Runs a kernel that adds to a counter, and waits for what it counted. */
    long total(CudaStream stream, Consumer<CudaMemory> kernel) {
        try (CudaMemory counter = allocate(Long.BYTES)) {
            set(counter, 0, stream);
            kernel.accept(counter);
            stream.synchronize(DEADLINE);
            return ByteBuffer.wrap(counter.read())
                    .order(ByteOrder.nativeOrder())
                    .getLong();
        }
    }

    /** Waits for work that may fill a GPU's whole memory. */
    void finish(Stream stream) {
        stream.synchronize(DEADLINE);
    }

    private static void set(CudaMemory memory, int value, CudaStream stream) {
        Cuda.check(
                CudaDriver.cuMemsetD8Async(memory.address(), value, memory.bytes(), stream.handle()),
                "cuMemsetD8Async");
    }

    static CudaMemory holding(DeviceMemory memory, long bytes) {
        if (bytes < 0 || memory.bytes() < bytes) {
            throw new IllegalArgumentException(
                    "device memory must hold " + bytes + " bytes for this, got " + memory.bytes());
        }
        return (CudaMemory) memory;
    }

    @Override
    public MemoryLoad memoryLoad() {
        return new CudaMemoryLoad(kernels, this);
    }

    @Override
    public long freeBytes() {
        context.makeCurrent();
        long[] free = new long[1];
        long[] total = new long[1];
        Cuda.check(CudaDriver.cuMemGetInfo_v2(free, total), "cuMemGetInfo_v2");
        return free[0];
    }

    @Override
    public Optional<MemoryUse> memoryUse() {
        return nvml.memoryUse().fold(Optional::of, reason -> Optional.empty());
    }

    @Override
    public MemoryTest newMemoryTest() {
        return new CudaMemoryTest(kernels, this);
    }

    @Override
    public HostCopies hostCopies() {
        context.makeCurrent();
        return new CudaHostCopies(HostNuma.of(Path.of("/sys"), context.pciBusId()));
    }

    @Override
    public PeerAccess peerAccess() {
        context.makeCurrent();
        return new CudaPeerAccess(this, memoryLoad(), context, nvml);
    }

    @Override
    public GemmRunner newGemm(Gemm gemm) {
        context.makeCurrent();
        return new CudaGemm(blas, Multiplication.of(gemm), GemmWorkspace.on(context.describe()), context.describe());
    }

    @Override
    public GemmRunner newLinear(LinearGemm gemm) {
        context.makeCurrent();
        return new CudaGemm(blas, Multiplication.of(gemm), linearWorkspace, context.describe());
    }

    @Override
    public Check checkFreivalds(Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, long seed, Stream stream) {
        return checks.freivalds(gemm, (CudaMemory) a, (CudaMemory) b, (CudaMemory) c, seed, (CudaStream) stream);
    }

    @Override
    public Check checkElements(
            Gemm gemm, DeviceMemory a, DeviceMemory b, DeviceMemory c, int samples, long seed, Stream stream) {
        return checks.elements(
                gemm, (CudaMemory) a, (CudaMemory) b, (CudaMemory) c, samples, seed, (CudaStream) stream);
    }

    @Override
    public CollectiveLoad collectiveLoad() {
        return new CudaCollectiveLoad(kernels, this);
    }

    /** Compiled at the first call: whoever measures parts does not wait for it. */
    @Override
    public TrainingKernels trainingKernels() {
        context.makeCurrent();
        Kernels loaded =
                training.orElseGet(() -> new Kernels(image(KernelProgram.TRAINING), context.multiprocessors()));
        training = Optional.of(loaded);
        return new CheckedTrainingKernels(
                new CudaTrainingKernels((kernel, blocks, threads, shared, stream, arguments) ->
                        loaded.launchBlocks(kernel, blocks, threads, shared, (CudaStream) stream, arguments)));
    }

    @Override
    public Replay capture(Stream stream, Runnable work) {
        context.makeCurrent();
        return CudaGraph.capture((CudaStream) stream, work);
    }

    @Override
    public byte[] newCommunicatorId() {
        return NcclCommunicator.newId(libraryDirectories);
    }

    /** NCCL takes the calling thread's context, so a watchdog may call this in a thread of its own. */
    @Override
    public Communicator join(byte[] id, int rank, int ranks) {
        context.makeCurrent();
        return NcclCommunicator.join(id, rank, ranks, libraryDirectories);
    }

    @Override
    public Telemetry newTelemetry() {
        return new GpuTelemetry(nvml);
    }

    @Override
    public Health newHealth() {
        return new GpuHealth(nvml);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            context.makeCurrent();
            blas.close();
            training.ifPresent(Kernels::close);
            kernels.close();
            nvml.close();
            context.close();
        }
    }
}
