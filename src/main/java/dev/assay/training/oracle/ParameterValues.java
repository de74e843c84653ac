package dev.assay.training.oracle;

import dev.assay.training.Parameter;
import dev.assay.training.ParameterLayout;
import dev.assay.training.SeededWeights;
import java.util.List;

/** A number for every parameter of a model: weights, gradients or moments. */
public final class ParameterValues {
    /** 1 GiB of doubles: the oracle is for small models. */
    private static final long MOST = 1L << 27;

    private final ParameterLayout layout;
    private final List<double[]> tensors;

    private ParameterValues(ParameterLayout layout, List<double[]> tensors) {
        this.layout = layout;
        this.tensors = tensors;
    }

    public static ParameterValues zeros(ParameterLayout layout) {
        if (layout.total() > MOST) {
            throw new IllegalArgumentException("training oracle: the model has " + layout.total()
                    + " parameters, and plain Java keeps at most " + MOST + "; take a smaller shape");
        }
        return new ParameterValues(
                layout,
                layout.parameters().stream()
                        .map(parameter -> new double[Math.toIntExact(parameter.size())])
                        .toList());
    }

    public static ParameterValues initial(SeededWeights weights) {
        ParameterValues values = zeros(weights.layout());
        for (Parameter parameter : weights.layout().parameters()) {
            double[] tensor = values.of(parameter);
            for (int i = 0; i < tensor.length; i++) {
                tensor[i] = weights.value(parameter, i);
            }
        }
        return values;
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** The tensor itself, not a copy; row-major. */
    public double[] of(Parameter parameter) {
        return tensors.get(parameter.index());
    }

    /** The tensor itself, not a copy; row-major. */
    public double[] of(String name) {
        return of(layout.of(name));
    }

    public ParameterValues copy() {
        return new ParameterValues(layout, tensors.stream().map(double[]::clone).toList());
    }

    /** In the layout's flat order. */
    public double[] flat() {
        double[] flat = new double[Math.toIntExact(layout.total())];
        for (Parameter parameter : layout.parameters()) {
            double[] tensor = of(parameter);
            System.arraycopy(tensor, 0, flat, Math.toIntExact(parameter.offset()), tensor.length);
        }
        return flat;
    }

    /** The 2-norm of all together. */
    public double norm() {
        double squares = 0;
        for (double[] tensor : tensors) {
            squares += Vectors.dot(tensor, 0, tensor, 0, tensor.length);
        }
        return Math.sqrt(squares);
    }

    /** Each number times the factor. */
    public ParameterValues times(double factor) {
        ParameterValues product = zeros(layout);
        for (int i = 0; i < tensors.size(); i++) {
            Vectors.addScaled(factor, tensors.get(i), 0, product.tensors.get(i), 0, tensors.get(i).length);
        }
        return product;
    }
}
