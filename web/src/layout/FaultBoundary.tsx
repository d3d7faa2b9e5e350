// What is shown instead of a view that met a fault of its own.
import { Component, type ReactNode } from "react";
import { layout as en } from "../language/en/layout";
import { layout as id } from "../language/id/layout";
import { useTexts } from "../language/language";

export class FaultBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Fault /> : this.props.children;
  }
}

function Fault() {
  const texts = useTexts({ en, id });
  return (
    <div role="alert" className="trouble stack">
      <p className="flat">{texts.broken}</p>
      <button type="button" className="button-plain" onClick={() => location.reload()}>
        {texts.reload}
      </button>
    </div>
  );
}
