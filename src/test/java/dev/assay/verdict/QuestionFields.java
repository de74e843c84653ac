package dev.assay.verdict;

import dev.assay.criteria.Criterion;
import dev.assay.verdict.Question.Contract;
import dev.assay.verdict.Question.Training;
import java.util.Map;
import java.util.function.Consumer;

/** A question's fields, to be changed one by one; at first every node is its own baseline and nothing is known of training. */
public final class QuestionFields {
    String key;
    String title;
    Criterion criterion;
    int nodes;
    int gpusPerNode;
    public int valuesPerRank;
    Contract contract;
    int baselineNodes;
    Training training;
    Map<String, Map<String, Integer>> checks;

    private QuestionFields(Question of) {
        key = of.key();
        title = of.title();
        criterion = of.criterion();
        nodes = of.nodes();
        gpusPerNode = of.gpusPerNode();
        valuesPerRank = of.valuesPerRank();
        contract = of.contract();
        baselineNodes = of.baselineNodes();
        training = of.training();
        checks = of.checks();
    }

    public static Question question(Criterion criterion, int nodes, int gpusPerNode, Contract contract) {
        return new Question(
                criterion.id() + "@" + nodes,
                criterion.title() + " · " + nodes,
                criterion,
                nodes,
                gpusPerNode,
                1,
                contract,
                1,
                Training.UNKNOWN,
                Map.of());
    }

    /** Another question, alike but for what is changed. */
    public static Question with(Question question, Consumer<QuestionFields> change) {
        QuestionFields fields = new QuestionFields(question);
        change.accept(fields);
        return new Question(
                fields.key,
                fields.title,
                fields.criterion,
                fields.nodes,
                fields.gpusPerNode,
                fields.valuesPerRank,
                fields.contract,
                fields.baselineNodes,
                fields.training,
                fields.checks);
    }
}
