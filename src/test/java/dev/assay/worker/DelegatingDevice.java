package dev.assay.worker;

import dev.assay.device.CollectiveLoad;
import dev.assay.device.Communicator;
import dev.assay.device.Device;
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

/** A device that does what another does; test devices change a part of it. */
public abstract class DelegatingDevice implements Device {
    private final Device device;

    protected DelegatingDevice(Device device) {
        this.device = device;
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
    public void fillMatrix(DeviceMemory target, ElementType type, long elements, long seed, Stream stream) {
        device.fillMatrix(target, type, elements, seed, stream);
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
    public void zero(DeviceMemory target, Stream stream) {
        device.zero(target, stream);
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
    public long freeBytes() {
        return device.freeBytes();
    }

    @Override
    public MemoryTest newMemoryTest() {
        return device.newMemoryTest();
    }

    @Override
    public HostCopies hostCopies() {
        return device.hostCopies();
    }

    @Override
    public PeerAccess peerAccess() {
        return device.peerAccess();
    }

    @Override
    public GemmRunner newGemm(Gemm gemm) {
        return device.newGemm(gemm);
    }

    @Override
    public GemmRunner newLinear(LinearGemm gemm) {
        return device.newLinear(gemm);
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
    public CollectiveLoad collectiveLoad() {
        return device.collectiveLoad();
    }

    @Override
    public TrainingKernels trainingKernels() {
        return device.trainingKernels();
    }

    @Override
    public Replay capture(Stream stream, Runnable work) {
        return device.capture(stream, work);
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
    public Health newHealth() {
        return device.newHealth();
    }

    @Override
    public void close() {
        device.close();
    }
}
