package dev.assay.trainer;

import dev.assay.training.Parameter;
import java.util.List;

/**
 * Neighbouring parameter tensors whose weights are needed, and whose gradients become ready, together: a flat range of the
 * layout.
 *
 * @param index place among the modules: 0 the embedding, then the layers, the head last
 * @param parameters in the order of the layout, without gaps
 */
public record ModelModule(int index, Kind kind, List<Parameter> parameters) {
    /** What it computes. */
    public enum Kind {
        /** Tokens, and learned positions where the model has them. */
        EMBEDDING,
        LAYER,
        /** The last norm and, where it is not the embedding's, the matrix that makes logits. */
        HEAD
    }

    public ModelModule {
        parameters = List.copyOf(parameters);
        if (index < 0 || parameters.isEmpty()) {
            throw new IllegalArgumentException(
                    "a module must have index >= 0 and parameters, got " + index + " and " + parameters);
        }
        for (int i = 1; i < parameters.size(); i++) {
            if (parameters.get(i).offset() != parameters.get(i - 1).end()) {
                throw new IllegalArgumentException("a module's parameters must follow each other without gaps, got "
                        + parameters.get(i).name() + " after "
                        + parameters.get(i - 1).name());
            }
        }
    }

    /** Elements of the layout before it. */
    public long offset() {
        return parameters.get(0).offset();
    }

    public long elements() {
        return parameters.get(parameters.size() - 1).end() - offset();
    }

    /** Elements of the module before one of its parameters. */
    public long offsetOf(Parameter parameter) {
        if (!parameters.contains(parameter)) {
            throw new IllegalArgumentException(
                    "module " + index + " (" + kind + ") has no parameter tensor " + parameter.name());
        }
        return parameter.offset() - offset();
    }
}
