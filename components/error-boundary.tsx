// A mistake while rendering ends the dashboard with its words; Ink alone would lose them with the alternate screen.

import { Component, type ReactNode } from 'react';

type Props = { onError(error: unknown): void; children: ReactNode };

export class ErrorBoundary extends Component<Props, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.onError(error);
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}
