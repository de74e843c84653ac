package dev.assay.trainer;

import dev.assay.training.ModelPreset;
import dev.assay.training.ModelShape;

/** Models of true width and as many layers as asked for: {@code llama2-7b} is the whole, {@code llama2-7b:4} has four layers. */
final class Truncated {
    private Truncated() {}

    static ModelShape of(String name) {
        int colon = name.indexOf(':');
        if (colon < 0) {
            return ModelPreset.of(name).shape();
        }
        return of(ModelPreset.of(name.substring(0, colon)).shape(), Integer.parseInt(name.substring(colon + 1)));
    }

    static ModelShape of(ModelShape whole, int layers) {
        if (layers < 1 || layers > whole.layers()) {
            throw new IllegalArgumentException(
                    "a truncated model must have 1 to " + whole.layers() + " layers, got " + layers);
        }
        return new ModelShape(
                whole.family(),
                layers,
                whole.hidden(),
                whole.heads(),
                whole.kvHeads(),
                whole.headSize(),
                whole.feedForward(),
                whole.vocabulary(),
                whole.positions(),
                whole.ropeBase());
    }
}
