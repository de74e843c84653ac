package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.Tensor;
import dev.assay.training.FlatTensor;
import dev.assay.training.Shares;
import dev.assay.workload.ElementType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Weights of some tensors from all ranks' parts, by one operation; those that do not divide evenly take a detour. */
final class TensorGather {
    private static final ElementType BF16 = ElementType.BF16;

    private final Zero zero;
    private final Communicator communicator;
    private final List<Runnable> gathers = new ArrayList<>();
    private final List<Carry> copies = new ArrayList<>();
    private long staged;

    /** @param target a tensor's place; with room for n equal parts where {@code roomy}, so that there is no detour */
    TensorGather(
            Zero zero,
            Purpose purpose,
            List<FlatTensor> tensors,
            boolean roomy,
            Function<FlatTensor, DeviceMemory> target) {
        this.zero = zero;
        communicator = zero.weights(purpose);
        tensors.forEach(tensor -> add(tensor, roomy, target.apply(tensor)));
    }

    private void add(FlatTensor tensor, boolean roomy, DeviceMemory target) {
        long part = Shares.part(tensor, zero.ranks());
        DeviceMemory send =
                zero.slice(ZeroMemory.WEIGHT_SHARD, BF16, zero.shares().start(tensor), part);
        boolean direct = roomy || ZeroMemory.isEven(tensor, zero.ranks());
        DeviceMemory receive = direct ? target : stage(zero.ranks() * part);
        Stream stream = zero.weights().stream();
        gathers.add(() -> communicator.allGather(send, receive, BF16, part, stream));
        if (!direct) {
            copies.add(new Carry(new Tensor(receive, BF16, tensor.size()), new Tensor(target, BF16, tensor.size())));
        }
    }

    private DeviceMemory stage(long elements) {
        staged += elements;
        return zero.slice(ZeroMemory.STAGING, BF16, staged - elements, elements);
    }

    void enqueue() {
        if (!gathers.isEmpty()) {
            communicator.together(() -> gathers.forEach(Runnable::run));
        }
        copies.forEach(copy -> copy.enqueue(zero.kernels(), false, zero.weights().stream()));
    }
}
