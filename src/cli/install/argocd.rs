//! `mintage install argocd`: the manifests of the plugin.

use clap::{Args, ValueEnum};

use crate::check::api::names::{dns_label, subdomain};
use crate::cli::{Exit, terminal::Terminal};
use crate::diag::{Diagnostic, diagnostic, phrases::code};
use crate::integrations::argocd::manifests::{Sidecar, is_image};
use crate::source::SourceMap;

/// Print the manifests that install mintage as an Argo CD plugin
///
/// Prints the plugin's configuration, and a patch that adds a sidecar to argocd-repo-server. Sends
/// nothing to the cluster. Read docs/argocd.md first: Argo CD stores the rendered Secrets in Redis,
/// in plain text.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mintage install argocd --image registry.example.com/mintage:0.1.0 --part config | kubectl apply \
  -n argocd -f -
  mintage install argocd --image registry.example.com/mintage:0.1.0 --part patch > patch.yaml
  kubectl patch -n argocd deployment argocd-repo-server --patch-file patch.yaml
  mintage install argocd --name mintage-prod --identity-secret prod-identity --no-discover
                                         a plugin and an identity for one project")]
pub struct InstallArgocd {
    /// Name of the plugin; use one plugin per identity
    #[arg(long, default_value = "mintage", value_name = "NAME")]
    name: String,
    /// Image of the sidecar
    #[arg(
        long,
        default_value = concat!("mintage:", env!("CARGO_PKG_VERSION")),
        value_name = "IMAGE"
    )]
    image: String,
    /// Secret in Argo CD's namespace with the age identity under the key `identity`
    #[arg(long, default_value = "mintage-identity", value_name = "NAME")]
    identity_secret: String,
    /// Use the plugin only for Applications that name it
    #[arg(long)]
    no_discover: bool,
    /// Part to print
    #[arg(long, value_enum, default_value_t = Part::All, value_name = "PART")]
    part: Part,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The ConfigMap and the patch, for review
    All,
    /// The ConfigMap with the plugin's configuration, to apply
    Config,
    /// The patch of the Deployment argocd-repo-server
    Patch,
    /// The configuration without the ConfigMap, for a custom image
    Plugin,
}

/// Longest name of a plugin: names of volumes are DNS labels, of at most 63 characters, and have
/// `-identity` behind it.
const MAX_NAME: usize = 63 - "-identity".len();

impl InstallArgocd {
    pub fn run(&self, terminal: &Terminal) -> Exit {
        let faults = self.faults();
        if !faults.is_empty() {
            return terminal.report(&faults, &SourceMap::new());
        }
        let sidecar = Sidecar {
            name: &self.name,
            image: &self.image,
            identity_secret: &self.identity_secret,
            discover: !self.no_discover,
        };
        terminal.print(&match self.part {
            Part::All => format!("{}---\n{}", sidecar.config_map(), sidecar.patch()),
            Part::Config => sidecar.config_map(),
            Part::Patch => sidecar.patch(),
            Part::Plugin => sidecar.plugin(),
        })
    }

    fn faults(&self) -> Vec<Diagnostic> {
        let is_name = dns_label(&self.name).is_empty() && self.name.len() <= MAX_NAME;
        [
            (
                is_name,
                "--name",
                &self.name,
                "use lowercase letters, digits and `-`, at most 54 characters: it is the name of a \
                 container",
            ),
            (
                is_image(&self.image),
                "--image",
                &self.image,
                "write an image such as `registry.example.com/mintage:0.1.0`",
            ),
            (
                subdomain(&self.identity_secret).is_empty(),
                "--identity-secret",
                &self.identity_secret,
                "use the name of a Secret, such as `mintage-identity`",
            ),
        ]
        .into_iter()
        .filter(|(fine, ..)| !fine)
        .map(|(_, flag, text, help)| {
            diagnostic!(USAGE, "{} can't be {}", code(flag), code(text)).help(help)
        })
        .collect()
    }
}
