package dev.assay.training;

import java.util.List;

/**
 * Stage 3: what DeepSpeed does not gather anew in backward, because it is used again within {@code stage3_max_reuse_distance}
 * elements of its use in forward ({@code partitioned_param_coordinator.py}, {@code __params_to_release}). The engine gathers every
 * module in each pass.
 *
 * @param modules of whose weights DeepSpeed keeps what it gathered
 * @param elements of those
 * @param share of all elements that the engine gathers in a micro-batch, 0 to 1
 */
public record TurnReuse(int modules, long elements, double share) {
    /** Beyond it the engine's traffic is not the file's. */
    public static final double MOST = 0.1;

    public static TurnReuse of(StepSetup setup, long maxReuse) {
        if (setup.zero().stage() != 3) {
            return new TurnReuse(0, 0, 0);
        }
        ZeroSchedule schedule = ZeroSchedule.of(setup, 1);
        FlatTensors tensors = schedule.tensors();
        List<Integer> forward = schedule.forward();
        List<Integer> backward = schedule.backward();
        int modules = 0;
        long kept = 0;
        long all = 0;
        for (int module : forward) {
            long gathered = tensors.ofModule(module).stream()
                    .filter(tensor -> !schedule.staysWhole(tensor))
                    .mapToLong(FlatTensor::size)
                    .sum();
            long distance = elements(tensors, forward.subList(forward.indexOf(module) + 1, forward.size()))
                    + elements(tensors, backward.subList(0, backward.indexOf(module)));
            all += 2 * gathered;
            if (distance < maxReuse && gathered > 0) {
                modules++;
                kept += gathered;
            }
        }
        return new TurnReuse(modules, kept, all == 0 ? 0 : (double) kept / all);
    }

    private static long elements(FlatTensors tensors, List<Integer> modules) {
        return modules.stream().mapToLong(tensors::elements).sum();
    }
}
