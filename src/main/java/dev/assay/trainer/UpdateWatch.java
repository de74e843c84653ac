package dev.assay.trainer;

import dev.assay.device.AdamW;
import dev.assay.device.Bf16;
import dev.assay.device.DeviceMemory;
import dev.assay.device.Tensor;
import dev.assay.training.Parameter;
import dev.assay.training.SeededWeights;
import dev.assay.workload.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Whether this rank's optimizer learns: of a few elements at the beginning, in the middle and at the end of every tensor's part
 * that it keeps. After the first step they must be what the formula of AdamW makes of the seed and the gradient, and after later
 * steps must have moved on. Nothing else sees a rank that stands still: its weights reach all others alike, and what the other
 * ranks learn lets its loss fall. Reads by the host, so with no step on its way.
 */
public final class UpdateWatch {
    /** Elements at each of the three places. */
    private static final int RUN = 32;

    /** In fp32, of moments begun at 0, 1 − 0.999 being off by 5e-5 itself. */
    private static final double MOMENT = 1e-3;

    /** Below it moments may be no normal numbers. */
    private static final double TINY = 1e-30;

    /** Of the learning rate, and of the weight itself: an error of fp32, and room. */
    private static final double CHANGE = 1e-3;

    private static final double ROUNDING = 0x1p-21;

    /** A smaller change may be rounded away, step by step. */
    private static final double LEAST_ULPS = 16;

    /** Fewer may have come back to where they were, all of them by chance. */
    private static final int LEAST_DUE = 4;

    /** A place, and what it held when it was last looked at. */
    private static final class Place {
        private final Parameter parameter;
        private final OwnPiece piece;
        private float[] masters;

        Place(Parameter parameter, OwnPiece piece, float[] masters) {
            this.parameter = parameter;
            this.piece = piece;
            this.masters = masters;
        }
    }

    private final TrainerSetup setup;
    private final Sharding sharding;
    private final SeededWeights seeded;
    private final List<Place> places = new ArrayList<>();
    private boolean looked;

    UpdateWatch(TrainerSetup setup, Sharding sharding) {
        this.setup = setup;
        this.sharding = sharding;
        this.seeded = setup.weights();
    }

    /** Of the step that has just been the first since training began. */
    public Updated first() {
        places.clear();
        looked = true;
        AdamW step = setup.optimizerAt(1);
        double scale = scale();
        Tally tally = new Tally();
        for (OwnedParameter owned : owned()) {
            for (OwnPiece piece : owned.pieces()) {
                float[] masters = floats(piece.master(), piece.elements());
                places.add(new Place(owned.parameter(), piece, masters));
                first(owned.parameter(), piece, masters, step, scale, tally);
            }
        }
        return tally.result();
    }

    private void first(Parameter parameter, OwnPiece piece, float[] masters, AdamW step, double scale, Tally tally) {
        float[] gradients = values(piece.gradient());
        float[] firsts = floats(piece.first(), piece.elements());
        float[] seconds = floats(piece.second(), piece.elements());
        for (int i = 0; i < masters.length; i++) {
            double before = seeded.value(parameter, piece.index() + i);
            double g = scale * gradients[i];
            double m = (1 - step.beta1()) * g;
            double v = (1 - step.beta2()) * g * g;
            double change = step.correctedRate() * m / (Math.sqrt(v) / step.secondMomentRoot() + step.eps());
            String where = parameter.name() + "[" + (piece.index() + i) + "] ";
            tally.add(where + "first moment", firsts[i], m, MOMENT * Math.abs(m) + TINY);
            tally.add(where + "second moment", seconds[i], v, MOMENT * v + TINY);
            tally.add(
                    where + "master weight",
                    masters[i],
                    step.decay() * before - change,
                    CHANGE * step.rate() + ROUNDING * Math.abs(before));
        }
        rounded(parameter, piece, masters, tally);
    }

    /** Before the measured steps: these must move on by themselves. */
    public void hold() {
        places.forEach(place -> place.masters = floats(place.piece.master(), place.piece.elements()));
    }

    /**
     * Of later steps: each place whose elements have a moment has moved on, and what is read is what was learned. A rank may keep
     * nothing, of a tiny model over many.
     *
     * @param steps since training began
     */
    public Updated last(int steps) {
        if (!looked) {
            throw new IllegalStateException(
                    "watching updates: the first step must have been looked at before the last");
        }
        Tally tally = new Tally();
        for (Place place : places) {
            float[] masters = floats(place.piece.master(), place.piece.elements());
            rounded(place.parameter, place.piece, masters, tally);
            moved(place, masters, setup.optimizerAt(steps), tally);
        }
        return tally.result();
    }

    private void moved(Place place, float[] masters, AdamW last, Tally tally) {
        float[] firsts = floats(place.piece.first(), place.piece.elements());
        float[] seconds = floats(place.piece.second(), place.piece.elements());
        int due = 0;
        int moved = 0;
        for (int i = 0; i < masters.length; i++) {
            double change =
                    last.correctedRate() * firsts[i] / (Math.sqrt(seconds[i]) / last.secondMomentRoot() + last.eps());
            if (Math.abs(change) > LEAST_ULPS * Math.ulp(place.masters[i])) {
                due++;
                moved += masters[i] == place.masters[i] ? 0 : 1;
            }
        }
        if (due >= LEAST_DUE) {
            String where = place.parameter.name() + " from [" + place.piece.index() + "]";
            tally.add(where + ", elements of " + due + " that moved since the look before", moved, due, due / 2.0);
        }
    }

    private static void rounded(Parameter parameter, OwnPiece piece, float[] masters, Tally tally) {
        float[] weights = values(new Tensor(piece.weight(), ElementType.BF16, piece.elements()));
        for (int i = 0; i < masters.length; i++) {
            float right = Bf16.toFloat(Bf16.of(masters[i]));
            tally.add(parameter.name() + "[" + (piece.index() + i) + "] bf16 weight", weights[i], right, 0);
        }
    }

    /** Of gradients: mean over ranks and micro-batches, and clipping by the norm that the device has found. */
    private double scale() {
        float norm = floats(sharding.scaleAndNorm(), 2)[1];
        double mean = 1.0 / ((double) sharding.ranks() * setup.step().accumulation());
        return Double.isFinite(norm) ? mean * setup.clipping().factor(norm) : Double.NaN;
    }

    private record OwnedParameter(Parameter parameter, List<OwnPiece> pieces) {}

    private List<OwnedParameter> owned() {
        return seeded.layout().parameters().stream()
                .map(parameter -> new OwnedParameter(
                        parameter,
                        sharding.own(parameter).stream()
                                .flatMap(piece -> runs(piece).stream())
                                .toList()))
                .toList();
    }

    private static List<OwnPiece> runs(OwnPiece piece) {
        long count = Math.min(RUN, piece.elements());
        TreeSet<Long> starts = new TreeSet<>(List.of(0L, (piece.elements() - count) / 2, piece.elements() - count));
        return starts.stream().map(start -> piece.part(start, count)).toList();
    }

    private static float[] floats(DeviceMemory memory, long elements) {
        return values(new Tensor(memory, ElementType.FP32, elements));
    }

    private static float[] values(Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.wrap(tensor.memory().read()).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[Math.toIntExact(tensor.elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.type() == ElementType.BF16 ? Bf16.toFloat(bytes.getShort(2 * i)) : bytes.getFloat(4 * i);
        }
        return values;
    }

    private static final class Tally {
        private long checked;
        private long wrong;
        private double worst;
        private String words = "";

        void add(String what, double found, double right, double bound) {
            double off = Math.abs(found - right);
            double deviation = off == 0 ? 0 : off / bound;
            checked++;
            worst = Math.max(worst, Double.isFinite(deviation) ? deviation : Double.MAX_VALUE);
            if (!(deviation <= 1)) {
                words = wrong == 0 ? "; first " + what + ": " + found + ", expected " + right + " ± " + bound : words;
                wrong++;
            }
        }

        Updated result() {
            return new Updated(checked, wrong, worst, words);
        }
    }
}
