// SPDX-License-Identifier: Apache-2.0
#include "app/neural_models.hpp"

#include "inference/engine_host.hpp"
#include "inference/module.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace parley::app {

using inference::Model;
using inference::ModelStore;
using runtime::Result;
using speech::NeuralModel;

speech::NeuralModel neural_model(const Model& model, const std::filesystem::path& folder) {
  return {model.name, folder / model.name, model.languages};
}

Result<speech::NeuralModels> neural_models(const inference::Config& config, std::shared_ptr<runtime::Log> log,
                                           runtime::Metrics* metrics) {
  auto opened = inference::open_store(config);
  if (!opened) return opened.error();
  const auto store = std::make_shared<const ModelStore>(std::move(*opened));
  speech::NeuralModels models;
  models.library = config.sherpa_onnx;
  if (config.isolate) {
    models.host = std::make_shared<inference::EngineHost>(
        inference::EngineHostOptions{}, std::make_shared<runtime::SystemClock>(), std::move(log), metrics);
  }
  models.present = [store] {
    std::vector<NeuralModel> found;
    for (const Model& model : store->models()) {
      if (model.engine != kNeuralEngine || !store->present(model)) continue;
      found.push_back(neural_model(model, store->folder()));
    }
    return found;
  };
  models.verify = [store](const NeuralModel& wanted) -> Result<> {
    const auto model = store->find(wanted.name);
    // A folder of the configuration is not in the list.
    if (!model || store->folder() / model->name != wanted.folder) return {};
    return store->verify(*model);
  };
  return models;
}

}  // namespace parley::app
