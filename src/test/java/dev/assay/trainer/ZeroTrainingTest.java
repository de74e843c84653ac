package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.device.Device;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.CollectiveMode;
import dev.assay.training.ModelShape;
import dev.assay.training.ZeroSetup;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZeroTrainingTest implements ZeroTrainingContract {
    @Override
    public Device open() {
        return new ReferenceDevice("n0", 0);
    }

    @Override
    public List<List<Learned>> together(Lesson lesson) throws Exception {
        return ZeroRanks.run(RANKS, (rank, device, join) -> ZeroTrainingContract.learn(lesson, rank, device, join));
    }

    @Override
    public double first() {
        return 1e-6;
    }

    @Override
    public double later() {
        return 3e-3;
    }

    @Override
    public double normPercent() {
        return 1;
    }

    /** Weights that stay gathered for backward are the same weights: not a bit of what is learned differs. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatStaysGatheredChangesNoBit(boolean gpt) throws Exception {
        ModelShape model = ZeroTrainingContract.model(gpt);
        long seed = System.nanoTime();
        ZeroSetup zero = new ZeroSetup(3, true, true, true, 5000, 4000, 100, 60_000, 1000);
        List<List<Learned>> gathered =
                curve(ZeroTrainingContract.setup(model, zero, CollectiveMode.DEEPSPEED, 2, seed));

        for (long maxReuse : new long[] {1, 7000, 1_000_000}) {
            TrainerSetup keeps =
                    ZeroTrainingContract.setup(model, zero.keeping(maxReuse), CollectiveMode.DEEPSPEED, 2, seed);

            assertThat(curve(keeps)).as("seed %d, %d elements", seed, maxReuse).isEqualTo(gathered);
        }
    }

    private static List<List<Learned>> curve(TrainerSetup setup) throws Exception {
        return ZeroRanks.run(RANKS, (rank, device, join) -> {
            try (Trainer trainer =
                    TrainerPlan.of(setup, new ZeroFactory(RANKS, join)).prepare(device)) {
                return ZeroTrainingContract.steps(trainer, setup, 2 * rank, 2);
            }
        });
    }
}
