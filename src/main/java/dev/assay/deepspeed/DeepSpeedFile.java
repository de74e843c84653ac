package dev.assay.deepspeed;

import dev.assay.cluster.InputException;
import dev.assay.cluster.InputText;
import dev.assay.training.ModelShape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A DeepSpeed config file that can be honoured: read and checked, but not yet resolved for a number of ranks. */
public final class DeepSpeedFile {
    /** Keeps the product of the batch keys inside a long. */
    private static final int MOST_RANKS = 1 << 20;

    private final String name;
    private final Findings findings;
    private final BatchKeys batch;
    private final Zero zero;
    private final Gradients gradients;
    private final Adam optimizer;
    private final Optional<AssaySection> assay;
    private final Optional<DeepSpeedFile> stress;

    /** Reads all parts; what is wrong lies in the findings, and only {@link #parse} lets a file without problems out. */
    private DeepSpeedFile(String name, Node root, Findings findings) {
        this.name = name;
        this.findings = findings;
        Section top = Section.of(findings, Manners.PLAIN, root);
        Section section = top.section(AssayReader.KEY, Manners.ASSAY);
        this.batch = BatchReader.read(top, section);
        Optional<Node> variant = StressReader.variant(root, section);
        this.assay = AssayReader.read(top, section);
        Optional<ModelShape> model = assay.map(AssaySection::model);
        boolean ideal = assay.filter(own -> own.collectives() == AssaySection.Collectives.IDEAL)
                .isPresent();
        this.zero = ZeroReader.read(top, model, ideal);
        this.gradients = GradientsReader.read(top, zero);
        this.optimizer = OptimizerReader.read(top, zero);
        TopReader.read(top);
        top.end();
        this.stress =
                findings.none() ? variant.map(node -> checked(name + " (stress variant)", node)) : Optional.empty();
    }

    /** @throws DeepSpeedException with everything that is wrong with the file */
    public static DeepSpeedFile read(Path file) {
        String text;
        try {
            text = InputText.file("DeepSpeed config", file.toString(), "-Dds.config= names it");
        } catch (InputException e) {
            throw new DeepSpeedException(List.of(e));
        }
        return parse(file.toString(), text);
    }

    /** @param name as messages name it */
    static DeepSpeedFile parse(String name, String text) {
        Node root;
        try {
            root = ConfigText.parse(doing(name), text);
        } catch (InputException e) {
            throw new DeepSpeedException(List.of(e));
        }
        return checked(name, root);
    }

    private static DeepSpeedFile checked(String name, Node root) {
        Findings findings = new Findings(doing(name));
        DeepSpeedFile file = new DeepSpeedFile(name, ZeroReader.modern(root, findings), findings);
        findings.throwProblems();
        return file;
    }

    private static String doing(String name) {
        return "Reading the DeepSpeed config " + name.replaceAll("\\p{Cntrl}", "?");
    }

    /** As messages name it. */
    public String name() {
        return name;
    }

    public AssaySection assay() {
        return assay.orElseThrow();
    }

    public Adam optimizer() {
        return optimizer;
    }

    public Zero zero() {
        return zero;
    }

    public Gradients gradients() {
        return gradients;
    }

    public Scaling scaling() {
        return batch.scaling();
    }

    /** A number of ranks that the batch keys resolve for, if they do for any. */
    public int ranks() {
        return (int) Math.max(1, Math.min(MOST_RANKS, batch.ranks()));
    }

    public List<Note> notes() {
        return findings.notes();
    }

    /** The same file with what {@code assay.stress} sets in place of its own values. */
    public Optional<DeepSpeedFile> stress() {
        return stress;
    }

    /** @throws DeepSpeedException where the batch keys do not fit this number of ranks */
    public DeepSpeedConfig resolve(int dataParallelWorld) {
        if (dataParallelWorld <= 0 || dataParallelWorld > MOST_RANKS) {
            throw new IllegalArgumentException(
                    "data-parallel world must be 1 to " + MOST_RANKS + ", got " + dataParallelWorld);
        }
        List<Resolved> keys = batch.resolve(dataParallelWorld);
        List<Resolved> resolved = new ArrayList<>(keys);
        resolved.addAll(findings.resolved());
        return new DeepSpeedConfig(
                name,
                dataParallelWorld,
                scaling(),
                checked(keys, dataParallelWorld),
                zero,
                gradients,
                optimizer,
                assay(),
                resolved,
                notes());
    }

    private Batch checked(List<Resolved> keys, int ranks) {
        long global = BatchKeys.number(keys.get(0));
        long micro = BatchKeys.number(keys.get(1));
        long steps = BatchKeys.number(keys.get(2));
        if (micro == 0 || steps == 0 || global != micro * steps * ranks) {
            throw new DeepSpeedException(List.of(new InputException(
                    "Resolving the batch of the DeepSpeed config " + name + " for " + ranks + " ranks",
                    batch.words() + ": micro " + micro + " × accumulation " + steps + " × " + ranks + " ranks = "
                            + micro * steps * ranks + ", not " + global,
                    "train_batch_size = micro × accumulation × ranks, every part > 0; DeepSpeed stops here, too",
                    "run on a number of ranks that divides it, or leave train_batch_size out")));
        }
        return new Batch(global, (int) micro, (int) steps);
    }
}
