package dev.assay.training;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameter tensors of a model in one fixed order, one after the other without gaps: the order of a flat buffer, of
 * ZeRO's shards and of every comparison between a device and the oracle.
 *
 * <p>Query, key and value follow each other, so do their biases, and gate and up: each group is also one taller matrix. A
 * tied head ({@link ModelFamily#GPT}) has no tensor of its own.
 */
public final class ParameterLayout {
    private final ModelShape shape;
    private final List<Parameter> parameters = new ArrayList<>();
    private final Map<String, Parameter> byName = new LinkedHashMap<>();
    private long total;

    private ParameterLayout(ModelShape shape) {
        this.shape = shape;
    }

    public static ParameterLayout of(ModelShape shape) {
        ParameterLayout layout = new ParameterLayout(shape);
        switch (shape.family()) {
            case LLAMA -> layout.addLlama();
            case GPT -> layout.addGpt();
        }
        return layout;
    }

    public ModelShape shape() {
        return shape;
    }

    /** In order of their offsets. */
    public List<Parameter> parameters() {
        return Collections.unmodifiableList(parameters);
    }

    /** All elements of all tensors; equal to {@link ModelShape#parameters()}. */
    public long total() {
        return total;
    }

    public Parameter of(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException("a " + shape.family()
                        + " model has no parameter tensor '" + name + "'; it has " + byName.keySet()));
    }

    public Optional<Parameter> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    private void addLlama() {
        add("embedding", shape.vocabulary(), shape.hidden(), Initial.NORMAL);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "layers." + layer;
            add(prefix + ".attention.norm", 1, shape.hidden(), Initial.ONE);
            addQueryKeyValue(prefix);
            add(prefix + ".attention.output", shape.hidden(), shape.queryWidth(), Initial.NORMAL);
            add(prefix + ".feedforward.norm", 1, shape.hidden(), Initial.ONE);
            add(prefix + ".feedforward.gate", shape.feedForward(), shape.hidden(), Initial.NORMAL);
            add(prefix + ".feedforward.up", shape.feedForward(), shape.hidden(), Initial.NORMAL);
            add(prefix + ".feedforward.down", shape.hidden(), shape.feedForward(), Initial.NORMAL);
        }
        add("norm", 1, shape.hidden(), Initial.ONE);
        add("head", shape.vocabulary(), shape.hidden(), Initial.NORMAL);
    }

    private void addGpt() {
        add("embedding", shape.vocabulary(), shape.hidden(), Initial.NORMAL);
        add("positions", shape.positions(), shape.hidden(), Initial.NORMAL);
        for (int layer = 0; layer < shape.layers(); layer++) {
            String prefix = "layers." + layer;
            addLayerNorm(prefix + ".attention.norm");
            addQueryKeyValue(prefix);
            add(prefix + ".attention.query.bias", 1, shape.queryWidth(), Initial.ZERO);
            add(prefix + ".attention.key.bias", 1, shape.kvWidth(), Initial.ZERO);
            add(prefix + ".attention.value.bias", 1, shape.kvWidth(), Initial.ZERO);
            add(prefix + ".attention.output", shape.hidden(), shape.queryWidth(), Initial.RESIDUAL);
            add(prefix + ".attention.output.bias", 1, shape.hidden(), Initial.ZERO);
            addLayerNorm(prefix + ".feedforward.norm");
            add(prefix + ".feedforward.up", shape.feedForward(), shape.hidden(), Initial.NORMAL);
            add(prefix + ".feedforward.up.bias", 1, shape.feedForward(), Initial.ZERO);
            add(prefix + ".feedforward.down", shape.hidden(), shape.feedForward(), Initial.RESIDUAL);
            add(prefix + ".feedforward.down.bias", 1, shape.hidden(), Initial.ZERO);
        }
        addLayerNorm("norm");
    }

    private void addQueryKeyValue(String prefix) {
        add(prefix + ".attention.query", shape.queryWidth(), shape.hidden(), Initial.NORMAL);
        add(prefix + ".attention.key", shape.kvWidth(), shape.hidden(), Initial.NORMAL);
        add(prefix + ".attention.value", shape.kvWidth(), shape.hidden(), Initial.NORMAL);
    }

    private void addLayerNorm(String name) {
        add(name, 1, shape.hidden(), Initial.ONE);
        add(name + ".bias", 1, shape.hidden(), Initial.ZERO);
    }

    private void add(String name, int rows, int columns, Initial initial) {
        Parameter parameter = new Parameter(parameters.size(), name, rows, columns, total, initial);
        parameters.add(parameter);
        byName.put(name, parameter);
        total = parameter.end();
    }
}
