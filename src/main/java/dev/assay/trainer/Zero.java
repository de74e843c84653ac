package dev.assay.trainer;

import dev.assay.device.Communicator;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Stream;
import dev.assay.device.Tensor;
import dev.assay.device.TrainingKernels;
import dev.assay.training.FlatTensor;
import dev.assay.training.FlatTensors;
import dev.assay.training.Shares;
import dev.assay.training.ZeroSchedule;
import dev.assay.workload.ElementType;
import java.util.List;

/**
 * With what one rank does ZeRO. Elements of the flat order are those of {@link FlatTensors}; {@link #flat} converts.
 *
 * @param clock knows of all that travels and of every wait for it
 * @param gradients where gradients and their norm travel
 * @param weights where weights travel; the same where they do not travel beside gradients
 * @param handles all that is to be closed: the lanes and what is made for them
 */
record Zero(
        TrainerSetup setup,
        ZeroSchedule schedule,
        Device device,
        TrainingKernels kernels,
        Arena memory,
        Stream compute,
        StepClock clock,
        Lane gradients,
        Lane weights,
        Handles handles) {
    Fence fence() {
        return handles.own(new Fence(device));
    }

    int rank() {
        return gradients.communicator().rank();
    }

    int ranks() {
        return schedule.ranks();
    }

    /** The gradients' lane. */
    Communicator gradients(Purpose purpose) {
        return new TimedCommunicator(gradients, purpose, clock);
    }

    /** The weights' lane. */
    Communicator weights(Purpose purpose) {
        return new TimedCommunicator(weights, purpose, clock);
    }

    /** Each once. */
    List<Lane> lanes() {
        return schedule.sendsWeightsBesideGradients() ? List.of(gradients, weights) : List.of(gradients);
    }

    FlatTensors tensors() {
        return schedule.tensors();
    }

    Shares shares() {
        return schedule.shares();
    }

    /** Of the sums of micro-batches. */
    ElementType sumType() {
        return ZeroMemory.sumType(setup.step());
    }

    ElementType wireType() {
        return ZeroMemory.wireType(setup.step());
    }

    /** Elements of planned memory. */
    DeviceMemory slice(String name, ElementType type, long at, long elements) {
        return slice(memory.of(name), type, at, elements);
    }

    static DeviceMemory slice(DeviceMemory memory, ElementType type, long at, long elements) {
        return memory.slice(at * type.bytes(), elements * type.bytes());
    }

    static Tensor tensor(DeviceMemory memory, ElementType type, long at, long elements) {
        return new Tensor(slice(memory, type, at, elements), type, elements);
    }

    /** A tensor in memory of its module. */
    DeviceMemory inModule(DeviceMemory module, ElementType type, FlatTensor tensor) {
        return slice(module, type, tensor.offset() - tensors().start(tensor.module()), tensor.size());
    }

    /** The first element of a parameter of the layout. */
    long flat(ModelModule module, dev.assay.training.Parameter parameter) {
        return tensors().start(module.index()) + module.offsetOf(parameter);
    }
}
