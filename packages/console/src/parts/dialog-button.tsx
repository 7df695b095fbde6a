import type { ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';

interface Props {
  readonly label: string;
  readonly title: string;
  readonly main?: boolean;
  readonly small?: boolean;
  readonly children: (close: () => void) => ReactNode;
}

/** A button that opens a dialog; Escape and its own button close it. */
export function DialogButton({ label, title, main, small, children }: Props) {
  return (
    <DialogTrigger>
      <Button className={main ? 'button main-act' : small ? 'button small' : 'button'}>{label}</Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="dialog">
          <Dialog>
            {({ close }) => (
              <>
                <div className="dialog-head">
                  <Heading slot="title" level={2}>
                    {title}
                  </Heading>
                  <button type="button" className="button small" onClick={close}>
                    Close
                  </button>
                </div>
                {children(close)}
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
