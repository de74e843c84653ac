package dev.assay.worker;

import dev.assay.measurement.Digest;
import dev.assay.measurement.Sha256;
import dev.assay.trainer.StateKind;
import dev.assay.trainer.Trainer;
import dev.assay.training.Parameter;
import dev.assay.training.ParameterLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** A digest of the weights, to be compared between ranks; of a large model of tensors from all its depth. */
final class SftDigest {
    /** Elements of one tensor that the host's heap takes with ease. */
    private static final long LARGEST = 1L << 26;

    /** Elements in all: seconds of copying and hashing. */
    private static final long MOST = 1L << 28;

    private static final int CHUNK = 1 << 16;

    private SftDigest() {}

    /** Blocks; all ranks of the communicator must call it. */
    static Digest of(Trainer trainer, ParameterLayout layout) {
        MessageDigest digest = Sha256.start();
        List<Parameter> read = read(layout);
        read.forEach(parameter -> add(digest, trainer.read(StateKind.WEIGHT, parameter)));
        return new Digest(
                "sft.weights of " + read.size() + " of " + layout.parameters().size() + " tensors",
                Sha256.hex(digest).substring(0, 16));
    }

    /** All of a small model; of a large one every so many-th of the tensors that are not too large, from the first on. */
    static List<Parameter> read(ParameterLayout layout) {
        List<Parameter> small = layout.parameters().stream()
                .filter(parameter -> parameter.size() <= LARGEST)
                .toList();
        long all = small.stream().mapToLong(Parameter::size).sum();
        int stride = Math.toIntExact(Math.max(1, (all + MOST - 1) / MOST));
        List<Parameter> read = new ArrayList<>();
        for (int i = 0; i < small.size(); i += stride) {
            read.add(small.get(i));
        }
        return read;
    }

    private static void add(MessageDigest digest, float[] values) {
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * CHUNK);
        for (int begin = 0; begin < values.length; begin += CHUNK) {
            int end = Math.min(values.length, begin + CHUNK);
            bytes.clear();
            for (int i = begin; i < end; i++) {
                bytes.putFloat(values[i]);
            }
            digest.update(bytes.flip());
        }
    }
}
