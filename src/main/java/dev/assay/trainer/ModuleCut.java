package dev.assay.trainer;

import dev.assay.trainer.ModelModule.Kind;
import dev.assay.training.ModelFamily;
import dev.assay.training.Parameter;
import dev.assay.training.ParameterLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A model's parameters cut into modules: the embedding, every layer, the head. Nothing is left out, nothing overlaps. */
public final class ModuleCut {
    private static final String LAYERS = "layers.";

    private final ParameterLayout layout;
    private final List<ModelModule> modules;

    private ModuleCut(ParameterLayout layout, List<ModelModule> modules) {
        this.layout = layout;
        this.modules = List.copyOf(modules);
    }

    public static ModuleCut of(ParameterLayout layout) {
        List<List<Parameter>> parts = new ArrayList<>();
        String before = "";
        for (Parameter parameter : layout.parameters()) {
            String owner = owner(parameter, parts.size() > 1);
            if (!owner.equals(before)) {
                parts.add(new ArrayList<>());
            }
            parts.get(parts.size() - 1).add(parameter);
            before = owner;
        }
        List<ModelModule> modules = new ArrayList<>();
        for (int index = 0; index < parts.size(); index++) {
            Kind kind = index == 0 ? Kind.EMBEDDING : index == parts.size() - 1 ? Kind.HEAD : Kind.LAYER;
            modules.add(new ModelModule(index, kind, parts.get(index)));
        }
        return new ModuleCut(layout, modules);
    }

    private static String owner(Parameter parameter, boolean afterFirst) {
        String name = parameter.name();
        if (name.startsWith(LAYERS)) {
            return name.substring(0, name.indexOf('.', LAYERS.length()));
        }
        return afterFirst ? "head" : "embedding";
    }

    public ParameterLayout layout() {
        return layout;
    }

    /** The embedding, layer 0, layer 1, …, the head. */
    public List<ModelModule> modules() {
        return modules;
    }

    public ModelModule module(int index) {
        return modules.get(index);
    }

    /** The module that a parameter tensor is of. */
    public ModelModule of(Parameter parameter) {
        return modules.stream()
                .filter(module -> module.parameters().contains(parameter))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("no module has the parameter tensor " + parameter.name()));
    }

    public ModelModule embedding() {
        return modules.get(0);
    }

    /** @param layer from 0 */
    public ModelModule layer(int layer) {
        return modules.get(layer + 1);
    }

    public ModelModule head() {
        return modules.get(modules.size() - 1);
    }

    /** Whether the head's matrix is the embedding's. */
    public boolean tied() {
        return layout.shape().family() == ModelFamily.GPT;
    }

    /**
     * The order in which a pass asks for weights, each module once. Backward begins with the head and, where its matrix is the
     * embedding's, the embedding.
     */
    public List<ModelModule> order(Pass pass) {
        return switch (pass) {
            case FORWARD -> modules;
            case BACKWARD -> backward();
        };
    }

    /** The order in which gradients are complete: the head first, the embedding last. */
    public List<ModelModule> gradientOrder() {
        List<ModelModule> order = new ArrayList<>(modules);
        Collections.reverse(order);
        return order;
    }

    private List<ModelModule> backward() {
        List<ModelModule> order = gradientOrder();
        if (tied()) {
            order.remove(order.size() - 1);
            order.add(1, embedding());
        }
        return order;
    }
}
