package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;
import dev.assay.training.Recomputation;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepSettingTest {
    private static final ModelShape MODEL = ModelPreset.LLAMA2_7B.shape();

    /** 97 % of what NVML tells of an H200. */
    private static final long MOST = (long) (0.97 * 150_754_820_096L);

    @Test
    void allButTheLargestWithoutCheckpointingFitAnH200() {
        List<SweepSetting> tooLarge = SweepSetting.standard().stream()
                .filter(setting -> setting.plan(MODEL).memory().bytes() > MOST)
                .toList();

        assertThat(SweepSetting.standard()).hasSize(26).doesNotHaveDuplicates();
        assertThat(tooLarge).containsExactly(new SweepSetting(2048, 8, 2, Recomputation.NONE));
    }

    @Test
    void theArithmeticNamesEveryPartAndTheirSum() {
        AllocationPlan memory = new AllocationPlan();
        memory.add("a", MemoryPart.WEIGHTS, 3L << 30);
        memory.add("b", MemoryPart.LIVE_LAYER, 1L << 29);
        memory.add("c", MemoryPart.WEIGHTS, 1L << 30);

        assertThat(SweepSetting.arithmetic(memory)).isEqualTo("4.000 weights + 0.500 live layer = 4.500 GiB");
    }
}
