package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.device.AdamW;
import dev.assay.device.Attention.Qkv;
import dev.assay.device.DelegatingGemm;
import dev.assay.device.Device;
import dev.assay.device.DeviceMemory;
import dev.assay.device.GemmRunner;
import dev.assay.device.Stream;
import dev.assay.device.TrainingKernels;
import dev.assay.device.TrainingKernels.Rotation;
import dev.assay.device.reference.ReferenceDevice;
import dev.assay.training.GradientClipping;
import dev.assay.training.ModelShape;
import dev.assay.training.oracle.ParameterValues;
import dev.assay.training.oracle.Training;
import dev.assay.worker.DelegatingDevice;
import dev.assay.workload.LinearGemm;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The comparison with the oracle, on devices that compute one thing wrong: it must see each. */
class MutationTest {
    private static final long SEED = 5;

    /** A kernel that was never run leaves what was there: poison or zeros. */
    @ParameterizedTest
    @CsvSource({
        "ODD_LLAMA, rope",
        "ODD_LLAMA, swiGluGradient",
        "ODD_LLAMA, normGradient",
        "ODD_LLAMA, embedGradient",
        "ODD_LLAMA, attentionGradient",
        "ODD_LLAMA, crossEntropy",
        "ODD_LLAMA, adamW",
        "ODD_GPT, gelu",
        "ODD_GPT, geluGradient",
        "ODD_GPT, addBias",
        "ODD_GPT, biasGradient",
        "ODD_GPT, normGradient",
        "ODD_GPT, embedGradient",
        "ODD_GPT, sumOfSquares"
    })
    void aKernelThatDoesNotRunIsSeen(String model, String kernel) {
        assertSeen(shape(model), new WrongKernels(kernel, arguments -> new Object[0]));
    }

    @Test
    void aGradientThatIsNotTurnedBackIsSeen() {
        assertSeen(Small.ODD_LLAMA, new WrongKernels("rope", arguments -> {
            arguments[2] = Rotation.FORWARD;
            return arguments;
        }));
    }

    @Test
    void gradientsOfKeysAndValuesInEachOthersPlaceAreSeen() {
        assertSeen(Small.ODD_LLAMA, new WrongKernels("attentionGradient", arguments -> {
            Qkv right = (Qkv) arguments[2];
            arguments[2] = new Qkv(right.query(), right.value(), right.key());
            return arguments;
        }));
    }

    @Test
    void aLossThatIsScaledWrongByATwentiethIsSeen() {
        assertSeen(Small.ODD_GPT, new WrongKernels("crossEntropy", arguments -> {
            arguments[4] = 1.05f * (float) arguments[4];
            return arguments;
        }));
    }

    @Test
    void anotherStepsCorrectionIsSeen() {
        assertSeen(Small.ODD_GPT, new WrongKernels("adamW", arguments -> {
            AdamW right = (AdamW) arguments[0];
            arguments[0] = new AdamW(
                    right.rate(), right.beta1(), right.beta2(), right.eps(), right.weightDecay(), right.step() + 1);
            return arguments;
        }));
    }

    /** Each GEMM of a step, left out. */
    @ParameterizedTest
    @CsvSource({"ODD_LLAMA", "ODD_GPT"})
    void aGemmThatDoesNotRunIsSeen(String model) {
        List<LinearGemm> gemms =
                TrainerPlan.of(small(shape(model)).setup(SEED), new Unsharded()).gemms();

        assertThat(gemms).hasSize(15);
        for (LinearGemm gemm : gemms) {
            assertSeen(shape(model), new WithoutGemm(gemm));
        }
    }

    /** One bit of one bf16 gradient: its sign. */
    @Test
    void oneGradientOfTheWrongSignIsSeen() {
        Small small = small(Small.ODD_LLAMA);
        TrainerSetup setup = small.setup(SEED);
        try (Trainer trainer = TrainerPlan.of(setup, new Unsharded()).prepare(new ReferenceDevice("n0", 0))) {
            trainer.step(small.batches(SEED, 0)).await(Duration.ofMinutes(1));
            ParameterValues gradients = OracleRun.read(trainer, StateKind.GRADIENT, setup);
            OracleRun.assertGradients(trainer, gradients, 1e-9);
            double[] norm = gradients.of("layers.1.attention.norm");
            int largest = 0;
            for (int i = 0; i < norm.length; i++) {
                largest = Math.abs(norm[i]) > Math.abs(norm[largest]) ? i : largest;
            }
            norm[largest] = -norm[largest];

            assertThatThrownBy(() -> OracleRun.assertGradients(trainer, gradients))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("layers.1.attention.norm");
        }
    }

    @Test
    void theSameComparisonPassesOnARightDevice() {
        for (ModelShape shape : List.of(Small.ODD_LLAMA, Small.ODD_GPT)) {
            compare(shape, new ReferenceDevice("n0", 0));
        }
    }

    private static ModelShape shape(String name) {
        return name.equals("ODD_LLAMA") ? Small.ODD_LLAMA : Small.ODD_GPT;
    }

    private static Small small(ModelShape shape) {
        return Small.of(shape, 5, 2);
    }

    private static void assertSeen(ModelShape shape, Device wrong) {
        assertThatThrownBy(() -> compare(shape, wrong)).isInstanceOf(AssertionError.class);
    }

    /** Fresh memory is poisoned, as a device's may hold anything. */
    private static void compare(ModelShape shape, Device device) {
        Small small = small(shape);
        TrainerSetup setup = new TrainerSetup(small.step(2), Small.ADAM_W, new GradientClipping(1), SEED);
        ParameterValues right = Training.gradients(ParameterValues.initial(setup.weights()), small.batches(SEED, 0))
                .gradients();
        try (Trainer trainer = TrainerPlan.of(setup, new Unsharded()).prepare(new Poisoned(device))) {
            StepResult found = trainer.step(small.batches(SEED, 0)).await(Duration.ofMinutes(1));

            OracleRun.assertGradients(trainer, right);
            new OracleRun.Optimizer(setup).follow(trainer, found);
        }
    }

    private static final class Poisoned extends DelegatingDevice {
        Poisoned(Device device) {
            super(device);
        }

        @Override
        public DeviceMemory allocate(long bytes) {
            DeviceMemory memory = super.allocate(bytes);
            try (Stream stream = newStream()) {
                poison(memory, stream);
                stream.synchronize(Duration.ofMinutes(1));
            }
            return memory;
        }
    }

    /** One method's arguments are changed; an empty array: it is not called. */
    private static final class WrongKernels extends DelegatingDevice {
        private final String wrong;
        private final UnaryOperator<Object[]> change;

        WrongKernels(String wrong, UnaryOperator<Object[]> change) {
            super(new ReferenceDevice("n0", 0));
            this.wrong = wrong;
            this.change = change;
        }

        @Override
        public TrainingKernels trainingKernels() {
            TrainingKernels right = super.trainingKernels();
            return (TrainingKernels) Proxy.newProxyInstance(
                    TrainingKernels.class.getClassLoader(),
                    new Class<?>[] {TrainingKernels.class},
                    (proxy, method, arguments) -> {
                        Object[] changed = method.getName().equals(wrong) ? change.apply(arguments) : arguments;
                        if (changed.length > 0) {
                            method.invoke(right, changed);
                        }
                        return null;
                    });
        }
    }

    private static final class WithoutGemm extends DelegatingDevice {
        private final LinearGemm missing;

        WithoutGemm(LinearGemm missing) {
            super(new ReferenceDevice("n0", 0));
            this.missing = missing;
        }

        @Override
        public GemmRunner newLinear(LinearGemm gemm) {
            GemmRunner runner = super.newLinear(gemm);
            if (!gemm.equals(missing)) {
                return runner;
            }
            return new DelegatingGemm(runner) {
                @Override
                public void enqueue(DeviceMemory a, DeviceMemory b, DeviceMemory c, Stream stream) {}
            };
        }
    }
}
