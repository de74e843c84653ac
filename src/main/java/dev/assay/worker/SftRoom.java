package dev.assay.worker;

import dev.assay.device.MemoryUse;
import dev.assay.training.MemoryPlan;
import dev.assay.workload.MemoryNeed;
import dev.assay.workload.Sft;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whether the memory that is free holds what the plan says that training takes: told before the first byte of it. */
final class SftRoom {
    private static final double MEBIBYTE = 1 << 20;

    private SftRoom() {}

    /** What the driver's library counts, as conditions beside what CUDA says is taken. */
    static Map<String, String> told(Optional<MemoryUse> use) {
        return use.map(each -> Map.of(
                        each.source() + " used, MiB", Double.toString(each.usedBytes() / MEBIBYTE),
                        each.source() + " reserved, MiB", Double.toString(each.reservedBytes() / MEBIBYTE)))
                .orElse(Map.of());
    }

    /**
     * @param trainer bytes that the trainer is about to allocate, by its own count
     * @param free bytes, with the context there
     * @param buffers whether communicators take the device's memory too
     * @throws WorkerException with the plan by part, what is free and what is missing
     */
    static void require(
            MemoryPlan plan, long trainer, long free, boolean buffers, Sft sft, RankEnvironment environment) {
        double need = (double) trainer + (buffers ? plan.communicators() : 0);
        if (need <= free) {
            return;
        }
        String parts = plan.ofTrainer().entrySet().stream()
                .map(part -> MemoryNeed.size((double) part.getValue()) + " " + part.getKey())
                .collect(Collectors.joining(" + "));
        throw new WorkerException(
                environment.words() + " looking for room for training " + sft.model() + ": it takes "
                        + parts
                        + (buffers ? " + " + MemoryNeed.size((double) plan.communicators()) + " NCCL's buffers" : "")
                        + ", " + MemoryNeed.size(need) + " in all; free is " + MemoryNeed.size((double) free) + ", "
                        + MemoryNeed.size(need - free)
                        + " too little; end what else holds this GPU's memory (nvidia-smi), take more nodes, or another config");
    }
}
